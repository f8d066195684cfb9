//! Words that Nova makes itself: host names, passwords, ids of reservations (`nova/utils.py`).

use uuid::Uuid;

/// `nova/utils.py`, `sanitize_hostname`: what of a name can be a host's.
pub fn hostname(name: &str) -> String {
    let latin = name.chars().filter(|c| (*c as u32) < 256).collect::<String>();
    let swapped: String = latin
        .chars()
        .map(|c| if matches!(c, ' ' | '_' | '.') { '-' } else { c })
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let short: String =
        swapped.to_ascii_lowercase().trim_matches(['.', '-']).chars().take(63).collect();
    let short = short.trim_matches(['.', '-']).to_owned();
    if short.is_empty() { "server".to_owned() } else { short }
}

/// Twelve letters and digits that cannot be mistaken for each other, as Nova makes them.
pub fn password() -> String {
    random_word(12, b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}

/// So many letters of the alphabet.
pub fn random_word(length: usize, alphabet: &[u8]) -> String {
    let mut word = String::new();
    while word.len() < length {
        for byte in Uuid::new_v4().into_bytes() {
            if let Some(letter) = alphabet.get(usize::from(byte) % alphabet.len().max(1))
                && word.len() < length
            {
                word.push(char::from(*letter));
            }
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostname_is_made_of_a_name() {
        let check = |name: &str, expected: &str| assert_eq!(hostname(name), expected, "{name}");
        check("web-1", "web-1");
        check("My Server_1.test", "my-server-1-test");
        check("-åäö-", "server");
        check(&"a".repeat(80), &"a".repeat(63));
    }

    #[test]
    fn a_password_has_twelve_letters() {
        assert_eq!(password().len(), 12);
        assert_ne!(password(), password());
    }
}
