//! Says what it makes of files: `cargo run -p disk-image --example inspect -- FILE...`, one JSON object a line, with the
//! command that would mend the file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::process::ExitCode;

use disk_image::{ReadAt, ReadError};

struct OnDisk {
    file: File,
    len_bytes: u64,
}

impl ReadAt for OnDisk {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(into))
            .map_err(|error| ReadError::Source(error.to_string()))
    }
}

fn look(path: &str) -> Result<String, Box<dyn std::error::Error>> {
    let file = File::open(path)?;
    let len_bytes = file.metadata()?.len();
    let report = disk_image::inspect(&OnDisk { file, len_bytes })?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let remedy = disk_image::remedy(&report, name);
    Ok(serde_json::json!({ "file": path, "report": report, "remedy": remedy }).to_string())
}

fn main() -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for path in std::env::args().skip(1) {
        match look(&path) {
            Ok(line) => println!("{line}"),
            Err(error) => {
                eprintln!("{path}: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
