//! The command that makes of a file what a cloud takes.
//!
//! For a POSIX shell, but for VHD and VHDX chains: only Hyper-V's own PowerShell command can join those.

use crate::formats::SPLIT;
use crate::report::{Format, Inner, Report, Trouble, Weight, Wrapped};

/// The command or commands that mend what is wrong with a file of this name; `None` when nothing is wrong, or no command
/// mends it (a file that was cut short).
///
/// They leave the file itself alone, except for `qemu-img check`, which repairs in place. What they make has the name of the
/// file with another ending.
pub fn remedy(report: &Report, file_name: &str) -> Option<String> {
    let has =
        |wanted: fn(&Trouble) -> bool| report.findings.iter().any(|found| wanted(&found.trouble));
    if has(|trouble| matches!(trouble, Trouble::Truncated(_) | Trouble::Empty)) {
        return None;
    }
    if let Format::Wrapped(kind) = report.format {
        return Some(unwrap(kind, report.wrapped.as_ref(), file_name));
    }
    let file = quoted(file_name);
    let output = output_name(file_name, "qcow2");
    let to_qcow2 = |format: &str| convert(format, file_name, &output);
    if has(|trouble| matches!(trouble, Trouble::Encrypted)) {
        return decrypt(report, file_name, &output);
    }
    let has_parent = has(|trouble| matches!(trouble, Trouble::BackingFile(_)));
    match report.format {
        Format::Vhd | Format::Vhdx if has_parent => {
            let whole = output_name(file_name, "vhdx");
            let [from, to] = [file_name, &whole].map(powershell_quoted);
            return Some(format!(
                "Convert-VHD -Path {from} -DestinationPath {to} -VHDType Dynamic"
            ));
        }
        Format::Vdi if has_parent => {
            let whole = output_name(file_name, "vdi");
            let clone = format!("VBoxManage clonemedium disk {file} {}", quoted(&whole));
            return Some(format!("{clone} && {}", convert("vdi", &whole, &output)));
        }
        _ => {}
    }
    if has(|trouble| matches!(trouble, Trouble::MarkedCorrupt)) {
        return Some(format!("qemu-img check -r all {file} && {}", to_qcow2("qcow2")));
    }
    if has(|trouble| matches!(trouble, Trouble::NotClean)) {
        let format = qemu_format(report)?;
        return Some(format!("qemu-img check -f {format} -r all {file}"));
    }
    let format = qemu_format(report)?;
    let mends = |trouble: &Trouble| match trouble {
        // QEMU knows this one beyond what clouds know, and no other.
        Trouble::UnknownFeatures(names) => *names == ["extended L2 entries"],
        Trouble::UnsupportedVariant(name) => name != SPLIT,
        _ => matches!(
            trouble,
            Trouble::BackingFile(_)
                | Trouble::DataElsewhere(_)
                | Trouble::UnknownVersion(1)
                | Trouble::BannedFormat
                | Trouble::Table(_)
                | Trouble::SeveralFormats(_)
                | Trouble::SeenAsRaw
                | Trouble::InnerSnapshots(_)
        ),
    };
    let refused_but_sound =
        |found: &Trouble| matches!(found, Trouble::Damaged(_)) && report.format == Format::Vmdk;
    report
        .findings
        .iter()
        .any(|found| {
            mends(&found.trouble)
                || (found.weight == Weight::Refused && refused_but_sound(&found.trouble))
        })
        .then(|| to_qcow2(format))
}

fn convert(format: &str, from: &str, to: &str) -> String {
    format!("qemu-img convert -f {format} -O qcow2 {} {}", quoted(from), quoted(to))
}

/// QEMU's name for the format; `None` for what it does not read.
fn qemu_format(report: &Report) -> Option<&'static str> {
    match report.format {
        Format::Qcow2
            if report.findings.iter().any(|found| found.trouble == Trouble::UnknownVersion(1)) =>
        {
            Some("qcow")
        }
        Format::Qcow2 => Some("qcow2"),
        Format::Vmdk | Format::VmdkDescriptor => Some("vmdk"),
        Format::Vhd | Format::VhdFixed => Some("vpc"),
        Format::Vhdx => Some("vhdx"),
        Format::Vdi => Some("vdi"),
        Format::Qed => Some("qed"),
        Format::Raw => Some("raw"),
        Format::Luks => Some("luks"),
        Format::Iso | Format::Wrapped(_) | Format::Unknown | Format::Empty => None,
    }
}

/// With the passphrase in a file of its own, so that it stays out of the list of processes.
fn decrypt(report: &Report, file_name: &str, output: &str) -> Option<String> {
    // QEMU reads LUKS1 only.
    let is_luks1 = report.variant.as_deref() == Some("version 1");
    if report.format == Format::Luks && !is_luks1 {
        return Some(format!(
            "sudo cryptsetup open --readonly {} opened && sudo qemu-img convert -f raw -O qcow2 /dev/mapper/opened {}",
            quoted(file_name),
            quoted(output)
        ));
    }
    let format = qemu_format(report)?;
    let key = if format == "luks" { "key-secret" } else { "encrypt.key-secret" };
    // In QEMU's options a comma is written twice.
    let options =
        format!("driver={format},file.filename={},{key}=key", file_name.replace(',', ",,"));
    Some(format!(
        "qemu-img convert --object secret,id=key,file=passphrase.txt --image-opts -O qcow2 {} {}",
        shell_word(&options),
        quoted(output)
    ))
}

fn unwrap(kind: Wrapped, inner: Option<&Inner>, file_name: &str) -> String {
    let file = quoted(file_name);
    // What could mean another file is not named: then all of the archive is unpacked.
    let inner = inner.filter(|inner| is_plain(&inner.name));
    let only = inner.map(|inner| format!(" {}", shell_word(&inner.name))).unwrap_or_default();
    match kind {
        Wrapped::Gzip => uncompress("gunzip", ".gz", inner, file_name),
        Wrapped::Xz => uncompress("unxz", ".xz", inner, file_name),
        Wrapped::Zstd => uncompress("unzstd", ".zst", inner, file_name),
        Wrapped::Bzip2 => uncompress("bunzip2", ".bz2", inner, file_name),
        Wrapped::Zip => format!("unzip {file}{only}"),
        Wrapped::SevenZip => format!("7z x {file}"),
        Wrapped::Tar | Wrapped::Ova => {
            let extract = format!("tar -xf {file}{only}");
            match inner.filter(|inner| inner.name.to_ascii_lowercase().ends_with(".vmdk")) {
                Some(inner) => {
                    let made = output_name(&inner.name, "qcow2");
                    format!("{extract} && {}", convert("vmdk", &inner.name, &made))
                }
                None => extract,
            }
        }
    }
}

/// These programs take off their own ending and want one; without it the result needs a name.
fn uncompress(program: &str, ending: &str, inner: Option<&Inner>, file_name: &str) -> String {
    let file = quoted(file_name);
    // In small letters only: most of them do not know their ending in capitals.
    if file_name.strip_suffix(ending).is_some_and(|rest| !rest.is_empty()) {
        return format!("{program} --keep {file}");
    }
    let name = match inner {
        // A hidden file could be one that a shell reads.
        Some(inner) if inner.name != file_name && !inner.name.starts_with('.') => {
            inner.name.clone()
        }
        _ => output_name(file_name, "img"),
    };
    format!("{program} --stdout {file} > {}", quoted(&name))
}

/// The name with another ending, and never the name itself.
fn output_name(file_name: &str, ending: &str) -> String {
    let stem = match file_name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file_name,
    };
    let name = format!("{stem}.{ending}");
    if name.eq_ignore_ascii_case(file_name) { format!("{stem}-new.{ending}") } else { name }
}

/// Whether a name inside an archive means only itself: no option, no pattern, nothing outside of the folder at hand, nothing
/// that was not read as it is written.
fn is_plain(name: &str) -> bool {
    let odd = |c: char| {
        c.is_control()
            || c == char::REPLACEMENT_CHARACTER
            || matches!(c, '*' | '?' | '[' | ']' | '\\')
    };
    !name.starts_with('-')
        && !name.starts_with('/')
        && !name.contains(odd)
        && !name.split('/').any(|part| part == "..")
}

/// A file's name as one word of a POSIX shell, that no program takes for an option, QEMU not for a protocol (`nbd:…`,
/// `json:…`, or what precedes the colon of a time) and tar not for a file on another host.
fn quoted(name: &str) -> String {
    let safe = if name.starts_with('-') || name.contains(':') {
        format!("./{name}")
    } else {
        name.to_owned()
    };
    shell_word(&safe)
}

/// Text as one word of a POSIX shell, in single quotes. Control characters, on which a terminal could act while the line is
/// pasted, are spelled out.
pub fn shell_word(text: &str) -> String {
    let mut word = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => word.push_str(r"'\''"),
            c if c.is_control() && c != '\n' => {
                word.push_str("'\"$(printf '");
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    word.push_str(&format!("\\{byte:03o}"));
                }
                word.push_str("')\"'");
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

/// PowerShell takes the typographic single quotes for quotes as well.
fn powershell_quoted(name: &str) -> String {
    let mut quoted = String::from("'");
    for c in name.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}
