//! A key pair that the cloud makes, as it does up to 2.91.
//!
//! Nova makes RSA keys of 2048 bits in PEM; here they are Ed25519 in OpenSSH's own form (PROTOCOL.key of OpenSSH), without a
//! passphrase: `ssh` takes both alike.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};

const KIND: &[u8] = b"ssh-ed25519";
const COMMENT: &str = "Generated-by-Nova";
/// How long OpenSSH makes the lines of a private key.
const LINE: usize = 70;

/// Both halves.
pub struct MadeKey {
    /// One line of `authorized_keys`.
    pub public_key: String,
    /// A file of its own.
    pub private_key: String,
}

/// Makes one; `None` when the system has no randomness.
pub fn make() -> Option<MadeKey> {
    let mut random = [0; 36];
    SystemRandom::new().fill(&mut random).ok()?;
    let (seed, check) = random.split_first_chunk::<32>()?;
    of(seed, check)
}

fn of(seed: &[u8; 32], check: &[u8]) -> Option<MadeKey> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    let public: &[u8] = pair.public_key().as_ref();
    let mut blob = Vec::new();
    put(&mut blob, KIND);
    put(&mut blob, public);

    let mut secret = Vec::new();
    // Twice the same: how a reader sees that it has the right passphrase.
    secret.extend_from_slice(check);
    secret.extend_from_slice(check);
    put(&mut secret, KIND);
    put(&mut secret, public);
    put(&mut secret, &[seed.as_slice(), public].concat());
    put(&mut secret, COMMENT.as_bytes());
    for pad in 1..=u8::MAX {
        if secret.len().is_multiple_of(8) {
            break;
        }
        secret.push(pad);
    }

    let mut file = b"openssh-key-v1\0".to_vec();
    put(&mut file, b"none");
    put(&mut file, b"none");
    put(&mut file, b"");
    file.extend(1_u32.to_be_bytes());
    put(&mut file, &blob);
    put(&mut file, &secret);

    let text = STANDARD.encode(&file);
    let mut private_key = String::from("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        private_key.push_str(line);
        private_key.push('\n');
        rest = after;
    }
    private_key.push_str("-----END OPENSSH PRIVATE KEY-----\n");
    let public_key = format!("ssh-ed25519 {} {COMMENT}", STANDARD.encode(&blob));
    Some(MadeKey { public_key, private_key })
}

/// A string of SSH: four bytes of length, then so many.
fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::Command;

    use super::*;

    /// The first test vector of RFC 8032, section 7.1.
    #[test]
    fn the_public_half_is_that_of_the_seed() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("a hexadecimal number"))
                .collect()
        };
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let seed: [u8; 32] = seed.try_into().expect("32 bytes");
        let made = of(&seed, &[1, 2, 3, 4]).expect("a key");
        let blob = made.public_key.split(' ').nth(1).expect("three words");
        assert_eq!(STANDARD.decode(blob).expect("base64")[19..], public);
    }

    #[test]
    fn ssh_keygen_reads_it() {
        let made = make().expect("a key");
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(made.private_key.as_bytes()).expect("it is written");
        let out = match Command::new("ssh-keygen").arg("-y").arg("-f").arg(file.path()).output() {
            Ok(out) => out,
            // Not every machine has it; the layout is held fast by the other test then.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => panic!("{error}"),
        };
        let said = String::from_utf8_lossy(&out.stdout);
        assert_eq!(said.trim(), made.public_key, "{}", String::from_utf8_lossy(&out.stderr));
    }
}
