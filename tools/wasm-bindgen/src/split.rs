//! Cuts a wasm file into the part that is always loaded and parts that are loaded when a page is opened.
//!
//! Where to cut is marked in the sources (`src/lazy.rs`), and needs the linker's relocations (`--emit-relocs`, set by
//! `tools/build-app`). The library writes a script that loads the parts and imports wasm-bindgen's script, which imports it:
//! a circle, so that neither could be named by what it holds. Here both become one script.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};

/// What marks a place to cut, in the names of imports.
const MARK: &[u8] = b"__wasm_split_00";
/// What the parts are imported from until [`Parts::join_into`] has put it into wasm-bindgen's script.
const LINK: &str = "./__wasm_split.js";

/// What became of a file.
pub enum Cut {
    /// It is not marked: as it was, but without the relocations, which would travel to the browser for nothing.
    Whole(Vec<u8>),
    /// It came apart.
    Apart(Parts),
}

/// A file that was cut.
pub struct Parts {
    /// The part that is always loaded; what wasm-bindgen is to work on.
    pub main: PathBuf,
    /// The script that loads the others.
    link: PathBuf,
}

/// Cuts `input`, if it is marked; the parts go into `folder`, which is emptied first.
pub fn cut(input: &Path, folder: &Path) -> Result<Cut> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} stays", folder.display()))?;
    }
    let wasm = fs::read(input).with_context(|| input.display().to_string())?;
    if !wasm.windows(MARK.len()).any(|bytes| bytes == MARK) {
        return Ok(Cut::Whole(without_relocations(&wasm).context("no wasm file")?));
    }
    let main = folder.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(&wasm);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LINK;
    let split = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the wasm could not be cut: {error:?}"))?;
    // Sorted, so that the same sources make the same bytes.
    let needs = split.prefetch_map.into_iter().collect::<BTreeMap<_, _>>();
    fs::write(folder.join("needs.json"), listed(&needs))?;
    Ok(Cut::Apart(Parts { main: main.clone(), link: folder.join(LINK) }))
}

/// The file without its custom sections `linking` and `reloc.…`; `None` when it is not well formed.
fn without_relocations(wasm: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    let mut kept = wasm.get(..HEADER)?.to_vec();
    let mut rest = wasm.get(HEADER..)?;
    while let Some((&kind, after)) = rest.split_first() {
        let (length, body) = number(after)?;
        let end = after.len() - body.len() + length + 1;
        if kind == CUSTOM {
            let (length, name) = number(body)?;
            let name = name.get(..length)?;
            if name == b"linking" || name.starts_with(b"reloc.") {
                rest = rest.get(end..)?;
                continue;
            }
        }
        kept.extend_from_slice(rest.get(..end)?);
        rest = rest.get(end..)?;
    }
    Some(kept)
}

/// A number in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

/// As JSON, `{"page": ["file.wasm", ...], ...}`. The names are ours: letters, digits and underscores.
fn listed(needs: &BTreeMap<String, Vec<String>>) -> String {
    let page = |(page, stems): (&String, &Vec<String>)| {
        let files = stems.iter().map(|stem| format!("\"{stem}.wasm\"")).collect::<Vec<_>>();
        format!("\"{page}\":[{}]", files.join(","))
    };
    format!("{{{}}}\n", needs.iter().map(page).collect::<Vec<_>>().join(","))
}

impl Parts {
    /// Puts the loading of the parts into wasm-bindgen's script, and leaves of the folder only the parts themselves.
    pub fn join_into(self, script: &Path) -> Result<()> {
        let bindgen = fs::read_to_string(script).with_context(|| script.display().to_string())?;
        let link =
            fs::read_to_string(&self.link).with_context(|| self.link.display().to_string())?;

        // `import * as import1 from "./__wasm_split.js"`, once for each loader: the names become constants of this script.
        let linked = |line: &str| {
            let (name, from) = line.strip_prefix("import * as ")?.split_once(" from ")?;
            from.contains(LINK).then(|| name.to_owned())
        };
        let names = bindgen.lines().filter_map(linked).collect::<Vec<_>>();
        let Some((name, doubles)) = names.split_first() else {
            bail!("wasm-bindgen's script does not import the loaders of the parts");
        };
        let is_double = |line: &str| {
            let import = line.trim().strip_prefix(&format!("\"{LINK}\": "));
            import.is_some_and(|import| {
                doubles.iter().any(|double| import.trim_end_matches(',') == double)
            })
        };
        let mut joined = String::with_capacity(bindgen.len() + link.len());
        for line in bindgen.lines().filter(|line| linked(line).is_none() && !is_double(line)) {
            joined.extend([line, "\n"]);
        }
        let mut loaders = Vec::new();
        for line in link.lines() {
            if line.starts_with("import { initSync } from") {
                continue;
            }
            match line.strip_prefix("export const ") {
                Some(rest) => {
                    let (loader, _) =
                        rest.split_once(" = ").context("an unknown form of export")?;
                    loaders.push(loader);
                    joined.push_str(&format!("const {rest}\n"));
                }
                None => joined.extend([line, "\n"]),
            }
        }
        ensure!(!loaders.is_empty(), "no part has a loader");
        let loaders = loaders.join(", ");
        joined.push_str(&format!("const {name} = {{ {loaders} }};\n"));
        fs::write(script, joined)?;
        fs::remove_file(&self.link)?;
        fs::remove_file(&self.main)?;
        Ok(())
    }
}
