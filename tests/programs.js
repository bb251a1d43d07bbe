// One job on stdin: {"program": "exceljs" | "xlsx", "files": [{"open", "save", "cells": {sheet: {address: value}}}, …]}.
// Each workbook is opened, filled in and saved by that program. `programs` starts it; it knows nothing of ours.
const fs = require("fs");

async function byExceljs(job) {
  const ExcelJS = require("exceljs");
  for (const file of job.files) {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(file.open);
    for (const [sheet, cells] of Object.entries(file.cells))
      for (const [address, value] of Object.entries(cells)) book.getWorksheet(sheet).getCell(address).value = value;
    await book.xlsx.writeFile(file.save);
  }
}

function bySheetjs(job) {
  const XLSX = require("xlsx");
  for (const file of job.files) {
    const book = XLSX.readFile(file.open, { cellFormula: true, cellNF: true });
    for (const [sheet, cells] of Object.entries(file.cells))
      for (const [address, value] of Object.entries(cells))
        book.Sheets[sheet][address] = { t: typeof value === "number" ? "n" : "s", v: value };
    XLSX.writeFile(book, file.save, { compression: true });
  }
}

const job = JSON.parse(fs.readFileSync(0, "utf8"));
Promise.resolve(job.program === "exceljs" ? byExceljs(job) : bySheetjs(job)).catch((error) => {
  console.error(error);
  process.exit(1);
});
