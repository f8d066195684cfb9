//! What a chosen file tells about the image: name, format, smallest disk. Pure.

use disk_image::Kind;

use super::draft::FileFacts;

/// A name for the image, from the file's: without folders and endings.
pub fn name_from(file: &str) -> String {
    let mut name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    for ending in [".qcow2", ".img", ".raw", ".vmdk", ".vhd", ".vhdx", ".vdi", ".iso"] {
        let cut = name.len().saturating_sub(ending.len());
        if cut > 0 && name.get(cut..).is_some_and(|end| end.eq_ignore_ascii_case(ending)) {
            name = name.get(..cut).unwrap_or(name);
            break;
        }
    }
    name.to_owned()
}

/// The disk format to begin with: what the file says it is, else its name, else raw.
pub fn format_from(name: &str, kind: &Kind) -> &'static str {
    if let Some(format) = kind.disk_format() {
        return format;
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "qcow2" => "qcow2",
        "vmdk" => "vmdk",
        "vhd" => "vhd",
        "vhdx" => "vhdx",
        "vdi" => "vdi",
        "iso" => "iso",
        _ => "raw",
    }
}

/// The smallest disk that the file fits on, in GiB, where its header tells; raw data needs its own size.
pub fn smallest_disk_gib(file: &FileFacts) -> Option<u64> {
    const GIB: u64 = 1 << 30;
    match &file.kind {
        Kind::Qcow2(qcow2) => Some(qcow2.virtual_size_bytes.div_ceil(GIB)),
        Kind::RawDisk => Some(file.size_bytes.div_ceil(GIB)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_formats_from_files() {
        let check = |file: &str, name: &str, format: &str| {
            assert_eq!(
                (name_from(file).as_str(), format_from(file, &Kind::Unknown)),
                (name, format),
                "{file}"
            );
        };
        check("debian-12.qcow2", "debian-12", "qcow2");
        check("C:\\x\\Win.VHDX", "Win", "vhdx");
        check(".img", ".img", "raw");
        check("åäö", "åäö", "raw");
        assert_eq!(format_from("a.img", &Kind::Vhdx), "vhdx");
    }
}
