"""Names as people write them: what is folded, what is told apart, what is asked."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lsindicators import assignment, names
from lsindicators.names.text import clean
from lsindicators.names.tokens import tokens_of, words_of


@pytest.fixture(scope="module")
def register():
    plan = assignment.builtin(2025)
    return names.Register(plan.units, plan.groups, plan.former)


def nfd(text):
    return unicodedata.normalize("NFD", text)


# ------------------------------------------------------------------ text


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        (nfd("Ủy ban nhân dân xã Quý Hòa"), "Ủy ban nhân dân xã Quý Hòa"),
        ("Thâ\u0301t Khê", "Thất Khê"),
        ("\u00d0ồng \u00d0ăng", "Đồng Đăng"),
        ("\u00f0iềm He", "điềm He"),
        ("Đình Lập", "Đình Lập"),
        ("Đồng Đăng – Lạng Sơn", "Đồng Đăng - Lạng Sơn"),
        ("Đồng Đăng\u2011Lạng Sơn", "Đồng Đăng-Lạng Sơn"),
        ("Đồng Đăng\u00ad - Lạng Sơn", "Đồng Đăng - Lạng Sơn"),
        ("xã\u00a0Thất\u00a0Khê", "xã Thất Khê"),
        ("\ufeffxã Thất Khê\u200b", "xã Thất Khê"),
        ("xã  Thất_x000D_\nKhê", "xã Thất Khê"),
        ("“Sở”", '"Sở"'),
    ],
)
def test_clean_mends_only_what_nobody_can_want(typed, cleaned):
    assert names.clean(typed) == cleaned


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quý Hòa", "Quí Hoà"),
        ("Thụy Hùng", "Thuỵ Hùng"),
        ("Ủy ban", "Uỷ ban"),
        ("Kỳ Lừa", "Kì Lừa"),
        ("Nhân Lý", "nhân lí"),
        ("Y Tịch", "I Tịch"),
        ("Sở KH&CN", "Sở KH và CN"),
        ("Đồng Đăng – Lạng Sơn", "Đồng Đăng-Lạng Sơn"),
        ("nghịêm", "nghiệm"),
        ("SỞ Y TẾ", "Sở Y tế"),
    ],
)
def test_equal_keys(one, other):
    assert names.key(one) == names.key(other) == names.key(nfd(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tây", "Tâi"),
        ("Thúy", "Thúi"),
        ("Chi Lăng", "Chy Lăng"),
        ("hòa", "hóa"),
        ("Vân Thủy", "Vạn Thủy"),
        ("Vạn Linh", "Văn Linh"),
        ("Tân Thanh", "Tân Thành"),
    ],
)
def test_different_keys(one, other):
    assert names.key(one) != names.key(other)


def test_ascii_key_drops_every_accent():
    assert names.ascii_key("Đồng Đăng") == "dong dang"
    assert names.ascii_key("Tân Thanh") == names.ascii_key("Tân Thành")


@pytest.mark.parametrize(
    ("typed", "kind", "rest"),
    [
        ("UBND P.Kỳ Lừa", "phuong", "kỳ lừa"),
        ("12. U.B.N.D xã Thất Khê", "xa", "thất khê"),
        ("H. Tràng Định", "gone", "tràng định"),
        ("Sở Y tế", None, "sở y tế"),
        ("", None, ""),
    ],
)
def test_split_prefix(typed, kind, rest):
    assert names.split_prefix(typed) == (kind, rest)


@given(st.text())
def test_key_is_settled_and_clean_too(text):
    assert names.clean(names.clean(text)) == names.clean(text)
    assert names.key(names.clean(text)) == names.key(text)


# ------------------------------------------------------------------ cells that say all

ALL_WARDS = 65


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("Sở KH&CN", "so-khcn"),
        ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "so-khcn"),
        (nfd("Sở Khoa học và Công nghệ"), "so-khcn"),
        ("Sở\u00a0Khoa học &\u00a0Công nghệ tỉnh Lạng Sơn", "so-khcn"),
        ("so-khcn", "so-khcn"),
        ("so-khcn, xa-hoa-tham; phuong-ky-lua", "so-khcn xa-hoa-tham phuong-ky-lua"),
        ("Sở Văn hóa, Thể thao và Du lịch, Sở Y tế và Sở Nội vụ", "so-vhttdl so-y-te so-noi-vu"),
        ("Báo và Phát thanh, Truyền hình Lạng Sơn và Thuế tỉnh", "bao-ptth thue-tinh"),
        ("Sở VH,TT&DL, Sở GD&ĐT", "so-vhttdl so-gddt"),
        ("- Sở Y tế;\n- Sở Xây dựng;\n+ Thanh tra tỉnh.", "so-y-te so-xay-dung thanh-tra-tinh"),
        ("1. Sở Y tế\n2) Sở Xây dựng", "so-y-te so-xay-dung"),
        ("Sở KHCN (cơ quan thường trực), Công an tỉnh", "so-khcn cong-an-tinh"),
        ("Sở Y tế/Sở Nội vụ", "so-y-te so-noi-vu"),
        ("Sở Y tế; Sở Y tế", "so-y-te"),
        ("BQL KKTCK Đồng Đăng - Lạng Sơn", "bql-kktck"),
        ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh", "mttq-tinh"),
        ("Văn phòng Uỷ ban nhân dân tỉnh", "vp-ubnd-tinh"),
        ("Trung tâm Phục vụ hành chính công tỉnh", "vp-ubnd-tinh"),
        ("UBND xã Hoa Thám", "xa-hoa-tham"),
        ("xã Hồng Phong (nay thuộc xã Đồng Đăng)", "xa-dong-dang"),
        ("xã Hồng Phong thuộc huyện Cao Lộc", "xa-dong-dang"),
        ("xã Hồng Phong\n(huyện Cao Lộc)", "xa-dong-dang"),
        ("xã Hưng Đạo trước đây", "xa-hoa-tham"),
        ("VP\nUBND tỉnh", "vp-ubnd-tinh"),
        ("UBND 03 xã: Bắc Sơn, Vũ Lễ, Vũ Lăng", "xa-bac-son xa-vu-le xa-vu-lang"),
        ("Ban QLKKT cửa khẩu Đồng Đăng – Lạng Sơn", "bql-kktck"),
        ("UBND tất cả các phường", "phuong-dong-kinh phuong-luong-van-tri phuong-tam-thanh phuong-ky-lua"),
        ("UBND xã Hoa Thám tỉnh Lạng Sơn, phường Kỳ Lừa", "xa-hoa-tham phuong-ky-lua"),
        ("Các doanh nghiệp viễn thông (VNPT, Viettel, MobiFone)", "vnpt-lang-son viettel-lang-son mobifone-lang-son"),
        (
            "UBND các phường (trừ phường Kỳ Lừa); Sở Y tế",
            "phuong-dong-kinh phuong-luong-van-tri phuong-tam-thanh so-y-te",
        ),
        ("UBND các phường, ngoại trừ phường Kỳ Lừa", "phuong-dong-kinh phuong-luong-van-tri phuong-tam-thanh"),
        ("UBND các phường (4 phường)", "phuong-dong-kinh phuong-luong-van-tri phuong-tam-thanh phuong-ky-lua"),
        ("Uỷ ban nhân dân xã Quý Hoà", "xa-quy-hoa"),
        ("X.Quí Hoà", "xa-quy-hoa"),
        ("12. U.B.N.D xã Thất Khê", "xa-that-khe"),
        ("P. Kỳ Lừa, P.Đông Kinh", "phuong-ky-lua phuong-dong-kinh"),
        ("Hoa Thám", "xa-hoa-tham"),
        ("UBND Hoa Thám", "xa-hoa-tham"),
        ("UBND các xã: Hoa Thám, Tràng Định và Chi Lăng", "xa-hoa-tham xa-trang-dinh xa-chi-lang"),
        ("xã Tân Thành", "xa-tan-thanh"),
        ("xã Tân Đoàn", "xa-tan-doan"),
        ("xã Tràng Định, huyện Tràng Định", "xa-trang-dinh"),
        ("xã Chi Lăng", "xa-chi-lang"),
        ("", ""),
        (" ;, ", ""),
    ],
)
def test_a_cell_that_says_all(register, cell, units):
    resolution = register.resolve(cell)
    assert (resolution.units, resolution.problems) == (tuple(units.split()), ())


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("UBND các xã, phường", 65),
        ("UBND các xã, phường trên địa bàn tỉnh", 65),
        ("UBND các xã; UBND các phường", 65),
        ("UBND 61 xã", 61),
        ("61 xã và 4 phường", 65),
        ("12 sở", 12),
        ("UBND 65 xã/phường", 65),
        ("Các sở: Y tế, Nội vụ; Tài chính", 3),
        ("Các sở, ban, ngành", 15),
        ("Các sở, ban, ngành; UBND các xã, phường", 80),
        ("Các sở, ban, ngành, UBND các xã, phường", 80),
        ("Các sở", 12),
        ("Các doanh nghiệp viễn thông", 3),
        ("Các trường cao đẳng và Sở Y tế", 3),
    ],
)
def test_a_phrase_stands_for_its_units(register, cell, count):
    resolution = register.resolve(cell)
    assert (len(resolution.units), resolution.problems) == (count, ())


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("xã Tân Thanh, huyện Văn Lãng", "xa-hoang-van-thu"),
        ("xã Tân Thanh (Văn Lãng)", "xa-hoang-van-thu"),
        ("xã Tân Thành, huyện Cao Lộc", "xa-tan-doan"),
        ("xã Tân Thành (huyện Bắc Sơn cũ)", "xa-nhat-hoa"),
        ("UBND xã Chi Lăng huyện Tràng Định", "xa-that-khe"),
        ("Thị trấn Cao Lộc, huyện Cao Lộc", "phuong-ky-lua"),
        ("Phường Chi Lăng, thành phố Lạng Sơn", "phuong-luong-van-tri"),
        ("xã Yên Lỗ", "xa-thien-hoa"),
        ("Thị trấn Thất Khê", "xa-that-khe"),
        ("xã Hòa Bình, huyện Văn Quan", "xa-van-quan"),
        ("Sở Kế hoạch và Đầu tư", "so-tai-chinh"),
        ("Sở GTVT", "so-xay-dung"),
        ("Đài PTTH tỉnh", "bao-ptth"),
    ],
)
def test_a_former_name_gives_its_successor_with_a_note(register, cell, unit):
    resolution = register.resolve(cell)
    assert (resolution.units, resolution.problems) == ((unit,), ())
    assert len(resolution.notes) == 1


# ------------------------------------------------------------------ cells that must be asked

UNKNOWN, AMBIGUOUS, OPEN = names.Trouble


@pytest.mark.parametrize(
    ("cell", "trouble", "candidates"),
    [
        ("UBND xã Tân Thanh", AMBIGUOUS, "xa-tan-thanh xa-hoang-van-thu"),
        ("Phường Chi Lăng", AMBIGUOUS, "xa-chi-lang phuong-luong-van-tri"),
        ("Thị trấn Cao Lộc", AMBIGUOUS, "xa-cao-loc phuong-ky-lua"),
        ("xã Hòa Bình", AMBIGUOUS, "xa-thien-long xa-van-linh xa-yen-binh xa-van-quan"),
        ("xã Bính Xá", AMBIGUOUS, "xa-dinh-lap xa-kien-moc"),
        ("xã Bính Xá, huyện Đình Lập", AMBIGUOUS, "xa-dinh-lap xa-kien-moc"),
        ("xã Hoa Thám, huyện Văn Quan", AMBIGUOUS, "xa-hoa-tham"),
        ("xã Tân Thành cũ", AMBIGUOUS, "xa-tan-thanh xa-nhat-hoa xa-tan-doan"),
        ("Chi Lăng", AMBIGUOUS, "xa-chi-lang xa-that-khe phuong-luong-van-tri"),
        ("Sở Thông tin và Truyền thông", AMBIGUOUS, "so-khcn"),
        ("Sở Khoa hoc và Công nghệ", UNKNOWN, "so-khcn"),
        ("So Khoa hoc va Cong nghe", UNKNOWN, "so-khcn"),
        ("Sở Nông nghiệp và Môi trừơng tỉnhh", UNKNOWN, "so-nnmt"),
        ("xã Kỳ Lừa", UNKNOWN, "phuong-ky-lua"),
        ("xa hoa tham", UNKNOWN, "xa-hoa-tham"),
        ("P. TCHC", UNKNOWN, ""),
        ("Sở Vũ trụ", UNKNOWN, ""),
        ("Các doanh nghiệp", OPEN, ""),
        ("xã Hồng Phong (nay là xã Hoa Lư)", AMBIGUOUS, "xa-hong-phong xa-dong-dang"),
        ("xã Chiến Thắng (trước sắp xếp)", AMBIGUOUS, "xa-chien-thang xa-vu-le"),
        ("Các cơ quan, đơn vị liên quan", OPEN, ""),
        ("các sở, ban, ngành, đơn vị liên quan", OPEN, ""),
        ("các đơn vị khác", OPEN, ""),
        ("UBND các huyện, thành phố", OPEN, ""),
        ("UBND 11 huyện, thành phố", OPEN, ""),
        ("UBND các xã", OPEN, ""),
        ("UBND 60 xã, phường", OPEN, ""),
        ("UBND các xã biên giới", OPEN, ""),
        ("Các sở (trừ Sở Ngoại vụ và cơ quan khác)", OPEN, ""),
        ("UBND các xã vùng cao trừ xã Đồng Đăng", OPEN, ""),
        ("Các sở, ban, ngành ngoại trừ Sở Y học", OPEN, ""),
        ("UBND các xã, phường (15 xã biên giới)", OPEN, ""),
        ("Các sở, ban, ngành (theo chức năng, nhiệm vụ)", OPEN, ""),
        ("Các doanh nghiệp viễn thông (VNPT, Viettel)", OPEN, "vnpt-lang-son viettel-lang-son"),
    ],
)
def test_a_doubtful_name_is_asked_and_never_chosen(register, cell, trouble, candidates):
    resolution = register.resolve(cell)
    assert resolution.units == ()
    assert [(p.text, p.trouble, p.candidates) for p in resolution.problems] == [
        (cell, trouble, tuple(candidates.split()))
    ]


def test_an_abolished_district_is_told_with_its_communes(register):
    (problem,) = register.resolve("UBND huyện Văn Lãng").problems
    assert problem.trouble is UNKNOWN
    assert set(problem.candidates) == {"xa-hoang-van-thu", "xa-thuy-hung", "xa-na-sam", "xa-van-lang", "xa-hoi-hoan"}
    assert problem.why


@pytest.mark.parametrize(
    ("cell", "units", "asked"),
    [
        ("Sở KH&CN và các đơn vị có liên quan", "so-khcn", ["các đơn vị có liên quan"]),
        ("Sở Quy hoạch, Sở Bí ẩn và Thuế tỉnh", "thue-tinh", ["Sở Quy hoạch", "Sở Bí ẩn"]),
        ("xã Tân Thanh; xã Hoa Thám", "xa-hoa-tham", ["xã Tân Thanh"]),
        ("các xã Bính Xá và Hoa Thám", "xa-hoa-tham", ["các xã Bính Xá"]),
        ("doanh nghiệp; Sở Công Thương", "so-cong-thuong", ["doanh nghiệp"]),
    ],
)
def test_what_is_known_of_a_cell_is_kept(register, cell, units, asked):
    resolution = register.resolve(cell)
    assert resolution.units == tuple(units.split())
    assert [p.text for p in resolution.problems] == asked


def test_a_phrase_does_not_hide_the_open_one_beside_it(register):
    resolution = register.resolve("UBND các xã, phường và các đơn vị liên quan")
    assert len(resolution.units) == ALL_WARDS
    assert [(p.trouble, p.text) for p in resolution.problems] == [(OPEN, "các đơn vị liên quan")]


def test_every_name_and_alias_gives_its_own_unit():
    plan = assignment.builtin(2025)
    register = names.Register(plan.units, plan.groups, plan.former)
    for unit in plan.units:
        for name in (unit.code, unit.name, *unit.aliases):
            assert register.resolve(name).units == (unit.code,), name
            assert register.resolve(nfd(name).upper()).units in ((unit.code,), ()), name


def test_one_alias_of_two_units_is_asked(plan):
    units = tuple(replace(u, aliases=(*u.aliases, "Trung tâm")) for u in plan.units)
    (problem,) = names.Register(units, plan.groups).resolve("Trung tâm").problems
    assert (problem.trouble, problem.candidates) == (AMBIGUOUS, ("so-khcn", "xa-hoa-tham", "phuong-ky-lua"))


@given(data=st.data(), joint=st.sampled_from(["; ", ", ", "\n", ";\n- ", " và "]))
def test_any_list_of_names_is_split_where_it_was_joined(register, data, joint):
    codes = data.draw(st.lists(st.sampled_from(register.codes), min_size=1, unique=True))
    written = joint.join(register.name(code) for code in codes)
    assert register.resolve(written) == names.Resolution(units=tuple(codes))


WORDS = st.sampled_from(
    [
        "xã",
        "UBND",
        "các",
        "huyện",
        "Tân",
        "Thanh",
        "Cao",
        "Lộc",
        "và",
        "liên",
        "quan",
        "cũ",
        "(",
        ")",
        ",",
        ";",
        "-",
        "P.",
        "&",
    ]
)


@given(st.lists(WORDS | st.text(max_size=4), max_size=12))
def test_no_text_breaks_the_register(register, words):
    resolution = register.resolve(" ".join(words))
    assert all(p.text for p in resolution.problems)


def test_an_alias_that_a_clerk_adds_settles_the_question():
    plan = assignment.builtin(2025)
    units = tuple(
        replace(u, aliases=(*u.aliases, "xã Tân Thanh")) if u.code == "xa-hoang-van-thu" else u for u in plan.units
    )
    assert names.Register(units, plan.groups, plan.former).resolve("UBND xã Tân Thanh, Sở Y tế").units == (
        "xa-hoang-van-thu",
        "so-y-te",
    )


# ------------------------------------------------------------------ laws

PLAN = assignment.builtin(2025)
NAMED = [n for u in PLAN.units for n in (u.name, u.short, *u.aliases)]


@given(
    st.text()
    | st.lists(st.sampled_from(NAMED) | st.sampled_from([*"&()[]/,;-–_.", "u.b.n.d", "UBND", "uỷ"])).map(" ".join)
)
def test_the_words_of_a_text_are_those_of_its_tokens(text):
    assert words_of(text) == tuple(t.word for t in tokens_of(clean(text)))


LISTED = names.Register(PLAN.units, PLAN.groups, PLAN.former, PLAN.inactive)
TEXTS = (
    str, str.lower, str.upper, nfd,
    lambda t: t.replace(" ", "\u00a0"), lambda t: t.replace("Đ", "\u00d0"), lambda t: t.replace(" - ", " – "),
    lambda t: t.replace("òa", "oà").replace("Ủy", "Uỷ").replace("ỳ", "ì").replace("ý", "í").replace("ụy", "uỵ"),
    lambda t: t.replace(" và ", " & "), lambda t: f"1. {t}", lambda t: f"{t} (đầu mối)", lambda t: f"{t} tỉnh Lạng Sơn",
)  # fmt: skip


def written(unit):
    """The ways in which a unit is called in full."""
    if unit.type not in ("xa", "phuong"):
        return (unit.name, unit.short, f"Giám đốc {unit.name}", *unit.aliases)
    kind, bare = unit.name.split(" ", 1)
    return unit.name, f"UBND {unit.name}", f"Uỷ ban nhân dân {kind.lower()} {bare}", f"UBND {kind[0]}.{bare}", bare


@given(st.sampled_from(PLAN.units), st.data())
def test_no_spelling_of_a_name_gives_another_unit(unit, data):
    text = data.draw(st.sampled_from(TEXTS))(data.draw(st.sampled_from(written(unit))))
    found = LISTED.resolve(text)
    assert found.units == (unit.code,) or (found.units == () and found.problems), text


@given(
    st.lists(st.sampled_from([u for u in PLAN.units if u.code != "ubnd-tinh"]), min_size=1, max_size=6, unique=True),
    st.sampled_from(["; ", ", ", "\n", "\n- ", " và ", ";\n", "/", " - ", " , "]),
    st.data(),
)
def test_a_list_of_names_gives_just_these_units(units, between, data):
    text = between.join(data.draw(st.sampled_from(TEXTS[:5]))(u.name) for u in units)
    found = LISTED.resolve(text)
    assert (set(found.units), found.problems) == ({u.code for u in units}, ()), text


@pytest.mark.parametrize("old", [f for f in PLAN.former if f.district], ids=lambda f: f"{f.name}, {f.district}")
def test_an_old_commune_is_its_successor_or_a_question(old):
    for text in (old.name, f"UBND {old.name.lower()}", f"{old.name} cũ"):
        found = LISTED.resolve(text)
        today = {u.code for u in PLAN.units if u.name == old.name and "cũ" not in text}
        assert found.units == (old.unit,) or set(found.units) == today or (not found.units and found.problems), text
    for text in (f"{old.name}, {old.district}", f"UBND {old.name} ({old.district.lower()})"):
        found = LISTED.resolve(text)
        assert found.units == ((old.unit,) if old.whole else ()), text
        assert bool(found.problems) is not old.whole


@pytest.mark.parametrize(
    ("sentence", "units"),
    [
        ("Đã tính ở Sở KH&CN", ("so-khcn",)),
        ("Số này do UBND xã Hoa Thám tổng hợp.", ("xa-hoa-tham",)),
        ("tính tại so-khcn, không tính lại", ("so-khcn",)),
        (nfd("tính chung vào sở giáo dục và đào tạo tỉnh"), ("so-gddt",)),
        ("Sở Tài chính, Kho bạc và Sở Tài chính", ("so-tai-chinh",)),
        ("Đã có trong số liệu của Sở Y tế và Sở Nội vụ", ("so-y-te", "so-noi-vu")),
        ("Các xã, phường đã báo", ()),
        ("Cơ quan cấp trên", ()),
        ("", ()),
    ],
)
def test_units_that_a_sentence_names(register, sentence, units):
    assert register.mentioned(sentence) == units
