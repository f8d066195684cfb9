//! What Glance makes of an image's bytes while they stream by: format, virtual size, safety.
//!
//! A port of the rules of oslo.utils 10.2 `imageutils/format_inspector.py` and of `set_data` in glance/location.py
//! (Glance 33). Every format looks at the stream at once; memory is bounded (about 1.2 MiB), nothing is read twice.
//! It deliberately does not open LUKS payloads, nor look behind the headers that these rules name.

mod headers;
mod vhdx;
mod vmdk;

use vhdx::Vhdx;
use vmdk::Vmdk;

/// How much of the front is kept: the VMDK descriptor may reach to 512 bytes + 1 MiB.
const HEAD_LEN: usize = 512 + (1 << 20);
/// A VMDK footer: marker, header, end-of-stream marker.
const TAIL_LEN: usize = 1536;

/// A format that Glance recognises by its bytes. `Raw` is what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// qcow, qcow2.
    Qcow2,
    /// Dynamic VHD (a fixed one has only a footer and is not seen).
    Vhd,
    /// VHDX.
    Vhdx,
    /// VMDK, sparse or a bare descriptor.
    Vmdk,
    /// VirtualBox.
    Vdi,
    /// QEMU's enhanced disk: always refused.
    Qed,
    /// ISO 9660 or UDF.
    Iso,
    /// MBR or GPT partition table.
    Gpt,
    /// LUKS.
    Luks,
    /// Nothing that is known.
    Raw,
}

impl Format {
    /// Glance's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Qcow2 => "qcow2",
            Format::Vhd => "vhd",
            Format::Vhdx => "vhdx",
            Format::Vmdk => "vmdk",
            Format::Vdi => "vdi",
            Format::Qed => "qed",
            Format::Iso => "iso",
            Format::Gpt => "gpt",
            Format::Luks => "luks",
            Format::Raw => "raw",
        }
    }
}

/// What the whole stream turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Every format that matched; `[Raw]` when none did.
    pub formats: Vec<Format>,
    /// Bytes seen.
    pub actual_size: u64,
    virtual_size: u64,
    safe: bool,
}

/// Why Glance refuses the data (415, `InvalidImageData`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

impl Finding {
    /// Judges the data against the declared formats; `Ok` is the virtual size to store, if there is one to store.
    pub fn judge(&self, disk_format: &str, container_format: &str) -> Result<Option<u64>, Refusal> {
        // Only bare images are inspected (glance/location.py, `set_data`).
        if container_format != "bare" {
            return Ok(None);
        }
        let format = match self.formats.as_slice() {
            [Format::Iso, Format::Gpt] => Format::Iso,
            [one] => *one,
            many => {
                let names: Vec<_> = many.iter().map(|f| f.name()).collect();
                return Err(Refusal(format!("Multiple formats detected: {}", names.join(","))));
            }
        };
        let inspectable =
            ["raw", "qcow2", "vhd", "vhdx", "vmdk", "vdi", "qed", "iso", "gpt", "luks"]
                .contains(&disk_format);
        let virtual_size = match () {
            () if format.name() == disk_format => self.virtual_size,
            () if format == Format::Raw && !inspectable => 0,
            () if disk_format == "raw" => self.actual_size,
            () => {
                let name = format.name();
                return Err(Refusal(format!(
                    "Image disk_format {disk_format} does not match stream data {name}"
                )));
            }
        };
        let tolerated = format == Format::Gpt && ["aki", "ari"].contains(&disk_format);
        if !self.safe && !tolerated {
            return Err(Refusal("Image failed safety checks".to_owned()));
        }
        Ok((virtual_size > 0).then_some(virtual_size))
    }

    /// What Glance stores as virtual size where it refuses nothing (before 2025.1: `set_data` in glance/location.py and
    /// glance/common/format_inspector.py of Glance 28): that of the declared format, if the bytes are of it. Everything
    /// is `raw`; `gpt`, `luks` and what has no inspector has no size.
    pub fn measure(&self, disk_format: &str, container_format: &str) -> Option<u64> {
        let virtual_size = match (disk_format, self.formats.first()) {
            ("raw", _) => self.actual_size,
            ("gpt" | "luks", _) | (_, None) => 0,
            (declared, Some(seen)) if seen.name() == declared => self.virtual_size,
            _ => 0,
        };
        (container_format == "bare" && virtual_size > 0).then_some(virtual_size)
    }
}

/// Looks at a stream that is handed over piece by piece.
#[derive(Debug)]
pub struct Inspector {
    head: Vec<u8>,
    tail: Vec<u8>,
    position: u64,
    vhdx: Vhdx,
}

impl Default for Inspector {
    fn default() -> Self {
        Self::new()
    }
}

impl Inspector {
    /// Before the first byte.
    pub fn new() -> Self {
        Self { head: Vec::new(), tail: Vec::new(), position: 0, vhdx: Vhdx::default() }
    }

    /// The next piece of the stream.
    pub fn push(&mut self, chunk: &[u8]) {
        let room = HEAD_LEN.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(chunk.get(..room).unwrap_or_default());
        let keep = chunk.len().min(TAIL_LEN);
        self.tail.extend_from_slice(chunk.get(chunk.len() - keep..).unwrap_or_default());
        let surplus = self.tail.len().saturating_sub(TAIL_LEN);
        self.tail.drain(..surplus);
        self.vhdx.push(&self.head, self.position, chunk);
        self.position += chunk.len() as u64;
    }

    /// After the last byte.
    pub fn finish(mut self) -> Finding {
        self.vhdx.push(&self.head, self.position, &[]);
        let head = self.head.as_slice();
        let mut matches: Vec<(Format, u64, bool)> = Vec::new();
        if let Some((size, safe)) = headers::qcow2(head) {
            matches.push((Format::Qcow2, size, safe));
        }
        if let Some(size) = headers::vhd(head) {
            matches.push((Format::Vhd, size, true));
        }
        if head.starts_with(b"vhdxfile") {
            // A file cut before its tables cannot be checked for safety (`complete` is false).
            matches.push((
                Format::Vhdx,
                self.vhdx.virtual_size().unwrap_or(0),
                self.vhdx.complete(),
            ));
        }
        if let Some(vmdk) = Vmdk::parse(head, &self.tail, self.position) {
            matches.push((Format::Vmdk, vmdk.virtual_size, vmdk.safe));
        }
        if let Some(size) = headers::vdi(head) {
            matches.push((Format::Vdi, size, true));
        }
        if headers::qed(head) {
            matches.push((Format::Qed, 0, false));
        }
        if let Some(size) = headers::iso(head) {
            matches.push((Format::Iso, size, true));
        }
        if let Some(safe) = headers::gpt(head) {
            matches.push((Format::Gpt, self.position, safe));
        }
        if let Some(safe) = headers::luks(head) {
            matches.push((Format::Luks, self.position, safe));
        }
        let (_, virtual_size, safe) =
            matches.first().copied().unwrap_or((Format::Raw, self.position, true));
        let formats = match matches.is_empty() {
            true => vec![Format::Raw],
            false => matches.iter().map(|(format, ..)| *format).collect(),
        };
        Finding { formats, actual_size: self.position, virtual_size, safe }
    }
}

/// Reads `len` bytes at `offset`, or nothing when the file is shorter.
fn bytes<const LEN: usize>(data: &[u8], offset: usize) -> Option<[u8; LEN]> {
    data.get(offset..offset.checked_add(LEN)?)?.try_into().ok()
}
