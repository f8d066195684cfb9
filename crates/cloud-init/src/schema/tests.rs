use super::*;

fn every<'a>(node: &'a Node, each: &mut impl FnMut(&'a str, &'a Node)) {
    for (key, value) in node.pairs() {
        each(&key.written, value);
        every(value, each);
    }
    for value in node.list() {
        every(value, each);
    }
}

#[test]
fn knows_every_word_and_every_pattern_of_the_schema() {
    let schema = yaml::load(SCHEMA).root.expect("the schema can be read");
    assert_eq!(schema.get("version").unwrap().written, crate::SCHEMA_RELEASE);
    every(&schema, &mut |key, value| {
        if key == "pattern" {
            assert!(values::PATTERNS.contains(&value.written.as_str()), "{}", value.written);
        }
        if key == "patternProperties" {
            for (pattern, _) in value.pairs() {
                assert!(
                    values::PATTERNS.contains(&pattern.written.as_str()),
                    "{}",
                    pattern.written
                );
            }
        }
        for word in [
            "if",
            "then",
            "dependencies",
            "multipleOf",
            "maxLength",
            "minLength",
            "maximum",
            "const",
            "contains",
        ] {
            assert!(key != word || !matches!(value.value, Value::Bool(_)), "{word}");
        }
    });
}

#[test]
fn patterns_match_as_they_are_written() {
    for (pattern, yes, no) in [
        ("^.+:.+$", &["a:b", "::x", "a::"][..], &["a:", ":b", "ab", ""][..]),
        ("^\\+?[0-9]+$", &["5", "+5"], &["", "+", "5m", "-5"]),
        (
            "^([0-9]+)?\\.?[0-9]+[BKMGT]$",
            &["1G", "1.5G", ".5G", "512M"],
            &["1", "1GB", "G", "1.G", "a"],
        ),
        ("^[-_0-9a-zA-Z]+(,[-_0-9a-zA-Z]+)*$", &["a", "a,b-c"], &["", "a,", "a b"]),
        (
            "^(ecdsa|ed25519|rsa)_(public|private|certificate)$",
            &["rsa_private"],
            &["dsa_private", "rsa_key", "rsa"],
        ),
        ("^[0-9a-zA-Z -_]+$", &["a b-c", "EPEL:1"], &["", "å", "{"]),
        ("^[0-9a-zA-Z_]+$", &["a_1"], &["", "a-b"]),
    ] {
        for text in yes {
            assert!(values::matches(pattern, text), "{pattern} {text}");
        }
        for text in no {
            assert!(!values::matches(pattern, text), "{pattern} {text}");
        }
    }
}
