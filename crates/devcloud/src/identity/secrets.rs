//! Random ids, what is kept of secrets, and one-time codes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Rounds of PBKDF2. Keystone uses bcrypt with 2^12; this cloud's passwords are published, so what
/// counts is that the real path is taken and that a sign-in in a debug build stays quick.
const ROUNDS: u32 = 2_000;

/// RFC 6238 defaults, which are Keystone's.
const TOTP_STEP_S: i64 = 30;

/// A token or receipt id. It begins as a Fernet token does, which some clients look at in their
/// logs.
pub(super) fn new_token() -> String {
    let mut bytes = Vec::with_capacity(64);
    for _ in 0..4 {
        bytes.extend_from_slice(uuid::Uuid::new_v4().as_bytes());
    }
    format!("gAAAAAB{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The secret of an application credential: 64 random bytes, as Keystone makes it.
pub(super) fn new_secret() -> String {
    new_token().split_off(7)
}

/// An audit id: 16 random bytes.
pub(super) fn new_audit_id() -> String {
    URL_SAFE_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes())
}

/// What is kept of a token or receipt. Its 64 random bytes need neither salt nor rounds.
pub(super) fn token_hash(id: &str) -> String {
    hex(&Sha256::digest(id.as_bytes()))
}

/// What is kept of a password or a secret: `salt$hash`.
pub(super) fn password_hash(password: &str) -> String {
    let salt = uuid::Uuid::new_v4().simple().to_string();
    let hash = stretched(password, &salt);
    format!("{salt}${hash}")
}

/// Whether this password is the one that `kept` was made from.
pub(super) fn password_matches(password: &str, kept: &str) -> bool {
    match kept.split_once('$') {
        Some((salt, hash)) => same(&stretched(password, salt), hash),
        None => false,
    }
}

/// Whether `code` is the one of the 30 seconds around `now_s`, or of the 30 before (`[totp]
/// included_previous_windows = 1`).
pub(super) fn totp_matches(secret_base32: &str, code: &str, now_s: i64) -> bool {
    let Some(secret) = base32(secret_base32) else { return false };
    let step = now_s.div_euclid(TOTP_STEP_S);
    [step, step - 1]
        .into_iter()
        .filter_map(|step| totp(&secret, step))
        .any(|expected| same(&expected, code))
}

fn totp(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    // RFC 4226, 5.3: the last nibble says where the four bytes are.
    let at = usize::from(digest.last()? & 0x0f);
    let four: [u8; 4] = digest.get(at..at + 4)?.try_into().ok()?;
    Some(format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000))
}

/// PBKDF2-HMAC-SHA-256, first block.
fn stretched(password: &str, salt: &str) -> String {
    let Ok(keyed) = Hmac::<Sha256>::new_from_slice(password.as_bytes()) else {
        return String::new();
    };
    let mut mac = keyed.clone();
    mac.update(salt.as_bytes());
    mac.update(&1_u32.to_be_bytes());
    let mut round = mac.finalize().into_bytes();
    let mut out = round;
    for _ in 1..ROUNDS {
        let mut mac = keyed.clone();
        mac.update(&round);
        round = mac.finalize().into_bytes();
        for (sum, byte) in out.iter_mut().zip(round) {
            *sum ^= byte;
        }
    }
    hex(&out)
}

fn base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'2'..=b'7' => c - b'2' + 26,
            _ => return None,
        };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(((held >> bits) & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// Compares without telling by its time where the first difference is. Lengths are not secret.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totp_gives_the_codes_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of its eight digits; the secret is
        // "12345678901234567890".
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (now_s, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert!(totp_matches(secret, code, now_s), "{now_s}");
            assert!(
                totp_matches(secret, code, now_s + 30),
                "{now_s}: the window before still counts"
            );
            assert!(
                !totp_matches(secret, code, now_s + 60),
                "{now_s}: two windows later it does not"
            );
            assert!(!totp_matches(secret, code, now_s - 30), "{now_s}: nor before its time");
        }
        assert!(!totp_matches("not base32!", "287082", 59));
    }

    #[test]
    fn a_password_matches_itself_alone() {
        let kept = password_hash("demo-secret");
        assert!(password_matches("demo-secret", &kept));
        for wrong in ["demo-secreT", "demo-secret ", ""] {
            assert!(!password_matches(wrong, &kept), "{wrong:?}");
        }
        assert!(!kept.contains("demo-secret"));
        assert_ne!(kept, password_hash("demo-secret"), "each has its own salt");
    }

    #[test]
    fn pbkdf2_is_pbkdf2() {
        // Python: hashlib.pbkdf2_hmac('sha256', b'demo-secret', b'salt', 2000).hex()
        assert_eq!(
            stretched("demo-secret", "salt"),
            "5298c9bd24914f00d9ebde8027f8bb316a1295c91da4c2eae5776954cb963a48"
        );
    }
}
