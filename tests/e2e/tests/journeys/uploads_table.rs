//! Keeps the table of `docs/uploads.md` true: every row of the fault matrix names tests, and each of them is there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use slipway_e2e::Trouble;

const ROWS: usize = 30;

/// The tests that each row names, by the row's number.
fn rows(page: &str) -> BTreeMap<usize, Vec<String>> {
    let mut rows: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let table = page.lines().skip_while(|line| !line.starts_with("| row "));
    for line in table.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if let [number, _, _, proof] = cells.as_slice()
            && let Ok(number) = number.parse()
        {
            let names = proof.split('`').skip(1).step_by(2).map(str::to_owned);
            rows.entry(number).or_default().extend(names);
        }
    }
    rows
}

/// The names of all tests in the sources below that folder.
fn tests(folder: &Path, found: &mut BTreeSet<String>) -> Result<(), Trouble> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            tests(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path)?;
            let mut marked = false;
            for line in text.lines().map(str::trim) {
                if line == "#[test]" || line.starts_with("#[tokio::test") {
                    marked = true;
                } else if marked && let Some((_, rest)) = line.split_once("fn ") {
                    let name = rest.split(['(', '<']).next().unwrap_or_default();
                    found.insert(name.to_owned());
                    marked = false;
                }
            }
        }
    }
    Ok(())
}

#[test]
fn every_row_of_the_fault_matrix_names_tests_that_exist() -> Result<(), Trouble> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let rows = rows(&std::fs::read_to_string(root.join("docs/uploads.md"))?);
    let mut known = BTreeSet::new();
    for folder in ["crates", "src", "tests"] {
        tests(&root.join(folder), &mut known)?;
    }
    let missing: Vec<usize> =
        (1..=ROWS).filter(|row| rows.get(row).is_none_or(Vec::is_empty)).collect();
    assert!(missing.is_empty(), "rows without a test: {missing:?}");
    let unknown: Vec<(usize, &String)> = rows
        .iter()
        .flat_map(|(row, names)| names.iter().map(move |name| (*row, name)))
        .filter(|(_, name)| !known.contains(name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "no such tests: {unknown:?}");
    Ok(())
}
