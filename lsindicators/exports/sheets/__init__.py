"""The sheets of ``tong-hop.xlsx``, a file each: what stands in which column."""
