//! Words for a POSIX shell, so that a command line shown on a page can be pasted as it stands.

/// `text` as one word: bare when nothing in it means anything to a shell, else in single quotes.
pub fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn one_word_whatever_is_in_it() {
        let check = |text: &str| {
            let done = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quote(text))])
                .output()
                .expect("a shell");
            assert_eq!(String::from_utf8_lossy(&done.stdout), text);
        };
        for text in [
            "plain-1.2",
            "",
            "two words",
            "it's",
            "$HOME `id` \\ \"",
            "åäö",
            "a;b|c&d>e",
            "*?[x]~#!",
        ] {
            check(text);
        }
    }
}
