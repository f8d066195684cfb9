//! `wasm-bindgen` for Trunk: the library `wasm-bindgen-cli-support` behind the flags that Trunk passes.
//!
//! The official command-line package also builds a test runner with a web server and a WebDriver client; that takes
//! several times as long to compile and nothing here uses it. What this one writes is the same, byte for byte, as it
//! is the same library. What it does besides, `split` says. A flag that Trunk does not pass is refused, never ignored.

mod split;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use self::split::Cut;

fn main() -> ExitCode {
    match run(std::env::args_os().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-bindgen: {error:?}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the arguments say: prints the version, or turns one wasm file into its wasm and JavaScript.
fn run(args: impl Iterator<Item = OsString>) -> Result<()> {
    let mut bindgen = Bindgen::new();
    let mut input = None;
    let mut out_dir = None;
    let mut out_name = None;
    for arg in args {
        let text = arg.to_str().with_context(|| format!("not UTF-8: {}", arg.display()))?;
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        match (name, value) {
            // Trunk reads the second word and compares it with the one in Cargo.lock.
            ("--version" | "-V", None) => {
                println!("wasm-bindgen {}", env!("CARGO_PKG_VERSION"));
                return Ok(());
            }
            ("--target", Some(target)) => set_target(&mut bindgen, target)?,
            ("--out-dir", Some(dir)) => out_dir = Some(PathBuf::from(dir)),
            ("--out-name", Some(name)) => {
                bindgen.out_name(name);
                out_name = Some(name.to_owned());
            }
            ("--no-typescript", None) => {
                bindgen.typescript(false);
            }
            ("--debug", None) => {
                bindgen.debug(true);
            }
            ("--keep-debug", None) => {
                bindgen.keep_debug(true);
            }
            ("--no-demangle", None) => {
                bindgen.demangle(false);
            }
            (flag, _) if flag.starts_with('-') => bail!("{text} is not a flag that Trunk passes"),
            _ => match input.replace(PathBuf::from(&arg)) {
                None => (),
                Some(first) => bail!("two inputs: {} and {text}", first.display()),
            },
        }
    }
    let input = input.context("no input file")?;
    let out_dir = out_dir.context("no --out-dir=")?;
    let out_name = out_name.context("no --out-name=")?;
    match split::cut(&input, &out_dir.join(format!("{out_name}-parts")))? {
        Cut::Whole(wasm) => {
            let name = input.file_stem().and_then(|name| name.to_str()).unwrap_or(&out_name);
            bindgen.input_bytes(name, wasm).generate(&out_dir)
        }
        Cut::Apart(parts) => {
            // What the parts import from the main one must not be taken for unused.
            bindgen.keep_lld_exports(true).input_path(&parts.main).generate(&out_dir)?;
            parts.join_into(&out_dir.join(format!("{out_name}.js")))
        }
    }
}

fn set_target(bindgen: &mut Bindgen, target: &str) -> Result<()> {
    match target {
        "web" => bindgen.web(true)?,
        "no-modules" => bindgen.no_modules(true)?,
        "bundler" => bindgen.bundler(true)?,
        _ => bail!("--target={target} is not one that Trunk uses in a browser"),
    };
    Ok(())
}
