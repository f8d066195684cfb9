//! What was pasted as a public key: whether it is one, and what to do when it is something else. Pure.

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::text::{tr, tr_with};

/// A public key that can be given to the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// In one line, as OpenSSH writes it.
    pub line: String,
    /// `ssh-ed25519`.
    pub kind: String,
    /// What stands behind the key: often a user's name at a computer's.
    pub comment: Option<String>,
    /// It works, but should be known.
    pub warning: Option<String>,
}

/// Reads a pasted key.
///
/// # Errors
/// What is wrong with it and what to do, as a sentence. Nothing for an empty text.
pub fn read(pasted: &str) -> Result<Option<PublicKey>, String> {
    let text = pasted.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.contains("PRIVATE KEY") || text.starts_with("PuTTY-User-Key-File") {
        return Err(tr(
            "This is a private key: it stays with you. Paste the file that ends in .pub.",
        )
        .to_owned());
    }
    if text.contains("BEGIN SSH2 PUBLIC KEY") {
        return Err(tr("This is PuTTY’s form. `ssh-keygen -i -f FILE` writes it as OpenSSH has it; or copy it from the field at the top of PuTTYgen.").to_owned());
    }
    if text.contains("-----BEGIN") {
        return Err(tr("This is a certificate or a key in PEM form. `ssh-keygen -y -f FILE` writes the public key as OpenSSH has it.").to_owned());
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines
        .iter()
        .filter(|line| is_kind(line.split_whitespace().next().unwrap_or_default()))
        .count()
        > 1
    {
        return Err(
            tr("These are several keys. A key pair has one; import them one by one.").to_owned()
        );
    }
    // A window that wraps lines breaks the key: what stands on the further lines belongs to its middle part.
    let line = lines.concat();
    let mut words = line.split_whitespace();
    let kind = words.next().unwrap_or_default();
    if !is_kind(kind) {
        return Err(tr(
            "A public key begins with its kind: ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256 …",
        )
        .to_owned());
    }
    if kind == "ssh-dss" {
        return Err(tr("DSA keys are no longer accepted by any SSH server. Make one with `ssh-keygen -t ed25519`.").to_owned());
    }
    let Some(blob) = words.next().and_then(|middle| BASE64_STANDARD.decode(middle).ok()) else {
        return Err(
            tr("The middle part of the key is not complete. Copy the whole line.").to_owned()
        );
    };
    let mut fields = Fields(&blob);
    let named = fields.next();
    if named != Some(kind.as_bytes()) {
        return Err(
            tr("The middle part of the key is not complete. Copy the whole line.").to_owned()
        );
    }
    let rest: Option<Vec<&[u8]>> = fields.all();
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
        return Err(
            tr("The middle part of the key is not complete. Copy the whole line.").to_owned()
        );
    };
    let bits = rest.get(1).map(|modulus| bits(modulus));
    let warning = bits.filter(|bits| kind == "ssh-rsa" && *bits < 2048).map(|bits| {
        tr_with(
            "An RSA key of {bits} bits is too weak for many SSH servers; 3072 are usual.",
            &[("bits", &bits)],
        )
    });
    let comment = Some(words.collect::<Vec<_>>().join(" ")).filter(|comment| !comment.is_empty());
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Some(PublicKey { kind: kind.to_owned(), line, comment, warning }))
}

fn is_kind(word: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|begin| word.starts_with(begin))
}

/// A name for it, from its comment: "lena@laptop".
pub fn suggested_name(key: &PublicKey) -> Option<String> {
    let name: String =
        key.comment
            .as_deref()?
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() || " @._-".contains(letter) {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
    Some(name)
}

/// The parts of a key (RFC 4251 `string`s): four bytes of length, then so many.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (field, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }

    /// What is left, if it comes out even.
    fn all(mut self) -> Option<Vec<&'a [u8]>> {
        let mut fields = Vec::new();
        while !self.0.is_empty() {
            fields.push(self.next()?);
        }
        Some(fields)
    }
}

fn bits(number: &[u8]) -> usize {
    let digits: &[u8] = match number.split_first() {
        Some((0, rest)) => rest,
        _ => number,
    };
    let idle = digits.first().map_or(0, |first| first.leading_zeros() as usize);
    digits.len() * 8 - idle
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with ssh-keygen; nobody has their private halves.
    const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKQqPsroFA5SyJNrO6LzM8ZRcwSXAF/i6xyxdGubn/Bh";

    fn key(kind: &str, fields: &[&[u8]]) -> String {
        let mut blob = Vec::new();
        for field in std::iter::once(&kind.as_bytes()).chain(fields) {
            blob.extend(u32::try_from(field.len()).expect("short").to_be_bytes());
            blob.extend_from_slice(field);
        }
        format!("{kind} {}", BASE64_STANDARD.encode(blob))
    }

    fn refused(pasted: &str, part: &str) {
        let why = read(pasted).expect_err(pasted);
        assert!(why.contains(part), "{pasted}: {why}");
    }

    #[test]
    fn a_key_is_taken_with_its_comment() {
        let found = read(&format!("  {ED25519} lena@laptop\n")).expect("a key").expect("a key");
        assert_eq!(found.kind, "ssh-ed25519");
        assert_eq!(found.line, format!("{ED25519} lena@laptop"));
        assert_eq!(suggested_name(&found).as_deref(), Some("lena@laptop"));
        assert_eq!(found.warning, None);
        assert_eq!(read(" \n"), Ok(None));
    }

    #[test]
    fn a_key_that_a_window_has_wrapped_is_put_together() {
        let (one, two) = ED25519.split_at(50);
        let found = read(&format!("{one}\n{two}")).expect("a key").expect("a key");
        assert_eq!(found.line, ED25519);
    }

    #[test]
    fn what_is_no_public_key_is_named() {
        refused("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz", "private key");
        refused("PuTTY-User-Key-File-3: ssh-ed25519", "private key");
        refused("---- BEGIN SSH2 PUBLIC KEY ----", "PuTTY");
        refused("-----BEGIN CERTIFICATE-----", "certificate");
        refused("hello", "begins with its kind");
        refused("ssh-ed25519", "not complete");
        refused(&ED25519[..60], "not complete");
        refused(
            "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIKQqPsroFA5SyJNrO6LzM8ZRcwSXAF/i6xyxdGubn/Bh",
            "not complete",
        );
        refused(&key("ssh-dss", &[b"p"]), "DSA");
        refused(&format!("{ED25519} a\n{ED25519} b"), "several");
    }

    #[test]
    fn a_short_rsa_key_is_warned_about() {
        let modulus = |bytes: usize| {
            let mut number = vec![0_u8];
            number.extend(vec![0xff; bytes]);
            number
        };
        let warned = |bytes: usize| {
            let key = key("ssh-rsa", &[&[1, 0, 1], &modulus(bytes)]);
            read(&key).expect("a key").expect("a key").warning
        };
        assert!(warned(128).is_some_and(|words| words.contains("1024 bits")));
        assert_eq!(warned(256), None);
    }
}
