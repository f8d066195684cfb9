use super::*;
use crate::problem::YamlProblem;

#[test]
fn says_what_is_wrong_and_where() {
    let mut wrong = Vec::new();
    let mut check = |text: &str, line: usize, column: usize, expected: YamlProblem| {
        let refused = load(text).refused;
        let found = refused.map(|(place, problem)| (place.line, place.column, problem));
        if found != Some((line, column, expected)) {
            wrong.push(format!("{text:?}: {found:?}"));
        }
    };
    check("a: 1\n\tb: 2\n", 2, 1, YamlProblem::Tab);
    check("a:\n  -\tx\n", 2, 4, YamlProblem::Tab);
    check("a: x\ty\n", 1, 5, YamlProblem::Tab);
    check("a: b: c\n", 1, 5, YamlProblem::SecondValue);
    check("a: 'b\nc: 1\n", 1, 4, YamlProblem::OpenQuote);
    check("a: \"b\n", 1, 4, YamlProblem::OpenQuote);
    check("a: *b\n", 1, 4, YamlProblem::UnknownAlias);
    check("a: !b c\n", 1, 4, YamlProblem::UnknownTag("!b".into()));
    check("a: {{ b }}\n", 1, 5, YamlProblem::ListAsKey);
    check("a: 1\n---\nb: 2\n", 2, 1, YamlProblem::SecondDocument);
    check("a: \u{7}\n", 1, 4, YamlProblem::Character(7));
    check("a: @b\n", 1, 4, YamlProblem::Start('@'));
    check("a: `b`\n", 1, 4, YamlProblem::Start('`'));
    check("a: %b\n", 1, 4, YamlProblem::Start('%'));
    check("a:\n    b: 1\n  c: 2\n", 3, 3, YamlProblem::Indentation);
    check("a:\n  - b\n c: 1\n", 3, 2, YamlProblem::Indentation);
    check("a: 1\nb\n", 2, 1, YamlProblem::NoColon);
    check("a: [b, c\nd: 1\n", 1, 4, YamlProblem::OpenBracket);
    check("a: [b, c\n", 1, 4, YamlProblem::OpenBracket);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn knows_where_things_stand() {
    let root = load(
        "#cloud-config\nusers:\n  - name: anna\n    groups: [a, b]\nruncmd:\n- |\n  ls\n- x\n",
    )
    .root
    .unwrap();
    let at = |node: &Node| (node.place.line, node.place.column, node.place.length);
    let users = root.get("users").unwrap();
    assert_eq!(at(root.key("users").unwrap()), (2, 1, 5));
    let user = &users.list()[0];
    assert_eq!(at(user), (3, 5, 0));
    assert_eq!(at(user.get("name").unwrap()), (3, 11, 4));
    assert_eq!(at(&user.get("groups").unwrap().list()[1]), (4, 17, 1));
    let commands = root.get("runcmd").unwrap();
    // A block stands where its first line does.
    assert_eq!(at(&commands.list()[0]), (7, 3, 0));
    assert_eq!(commands.list()[0].style, Style::Literal);
    assert_eq!(at(&commands.list()[1]), (8, 3, 1));
}

/// Each line stands for so many of the line before: a few of them for more than anybody could look at.
#[test]
fn aliases_of_aliases_are_bounded() {
    let chain = |start: &str, repeat: &str, times: usize| {
        let mut text = format!("a0: &a0 {start}\n");
        for level in 1..30 {
            let name = format!("*a{}", level - 1);
            let all = vec![name; times].join(", ");
            text.push_str(&format!("a{level}: &a{level} {}\n", repeat.replace("ALL", &all)));
        }
        text
    };
    let check = |text: &str, line: usize| {
        let (place, problem) = load(text).refused.expect("a refusal");
        assert_eq!(problem, YamlProblem::TooManyAliases(load::MOST_BEHIND_ALIASES), "{text}");
        assert_eq!(place.line, line, "{text}");
    };
    check(&chain("[lol, lol]", "[ALL]", 9), 6);
    check(&chain("{a: lol}", "{b: [ALL]}", 9), 6);
    // Merged in, what is behind the alias is copied.
    check(&chain("{a: 1, b: 2}", "{<<: [ALL]}", 9), 6);
    check(&chain("[lol]", "[ALL]", 2), 16);
    // What people mean by them stays far below.
    let meant = format!("key: &key [a, b, c]\nusers: [{}]\n", vec!["*key"; 2_000].join(", "));
    assert_eq!(load(&meant).refused, None);
}

#[test]
fn merges_and_repeats_as_pyyaml_does() {
    let root = load("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\n").root.unwrap();
    let y = root.get("y").unwrap();
    assert!(matches!(y.get("a").unwrap().value, Value::Int(1)));
    assert!(matches!(y.get("b").unwrap().value, Value::Int(3)));
    assert!(root.get("z").unwrap().same(root.get("x").unwrap()));
    let twice = load("a: 1\nb: 2\na: 3\n");
    assert_eq!(twice.duplicates.iter().map(|key| key.place.line).collect::<Vec<_>>(), [1]);
    assert!(matches!(twice.root.unwrap().get("a").unwrap().value, Value::Int(3)));
}
