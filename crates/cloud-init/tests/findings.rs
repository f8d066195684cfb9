//! What is found beyond what cloud-init's own tool says: first lines, scripts, messages, templates, the known mistakes. One
//! line a case: the severity, the place, the problem.

#![allow(clippy::expect_used)] // what fails here is the test itself

use cloud_init::{Finding, Guest, Nearby, Problem, Severity, YamlProblem, check};

fn found(text: &str, guest: Guest) -> Vec<Finding> {
    check(text.as_bytes(), guest).findings
}

/// Exactly these, as `severity line:column problem`, the problem's name and what it holds.
fn says(text: &str, expected: &[&str]) {
    says_to(Guest::Linux, text, expected);
}

fn says_to(guest: Guest, text: &str, expected: &[&str]) {
    let found: Vec<String> = found(text, guest)
        .iter()
        .map(|finding| {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            format!(
                "{severity} {}:{} {:?}",
                finding.place.line, finding.place.column, finding.problem
            )
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

/// The text after every mend that is offered, one after the other.
fn mended(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..20 {
        let Some(fix) = found(&text, Guest::Linux).into_iter().find_map(|finding| finding.fix)
        else {
            break;
        };
        text = fix.apply(&text).expect("the place is there");
    }
    text
}

#[test]
fn first_lines() {
    says("# cloud-config\na: 1\n", &["error 1:1 NearlyFormat(\"#cloud-config\")"]);
    says("#cloud-init\n", &["error 1:1 NearlyFormat(\"#cloud-config\")"]);
    says("cloud-config\n", &["error 1:1 NearlyFormat(\"#cloud-config\")"]);
    says("#cloud_config\n", &["error 1:1 NearlyFormat(\"#cloud-config\")"]);
    says("#!cloud-config\n", &["error 1:1 NearlyFormat(\"#cloud-config\")"]);
    says("## template:jinja\n", &["error 1:1 NearlyFormat(\"## template: jinja\")"]);
    says("---\n#cloud-config\n", &["error 1:1 DocumentStart"]);
    says("\u{feff}#cloud-config\nhostname: a\n", &["error 1:1 ByteOrderMark"]);
    says("\n#cloud-config\nhostname: a\n", &["warning 1:1 BlankStart"]);
    says("hostname: a\n", &["error 1:1 NoHeader"]);
    says("I2Nsb3VkLWNvbmZpZwpob3N0bmFtZTogYQo=", &["error 0:0 Encoded"]);
    says("hello world\n", &["error 1:1 UnknownFormat(\"hello world\")"]);
    says("", &[]);
    says("\n\n", &["note 1:1 Empty"]);
    for text in [
        "# cloud-config\nhostname: a\n",
        "---\n#cloud-config\nhostname: a\n",
        "\n\n#cloud-config\nhostname: a\n",
        "hostname: a\n",
    ] {
        assert_eq!(mended(text), "#cloud-config\nhostname: a\n");
    }
    assert_eq!(mended("I2Nsb3VkLWNvbmZpZwpob3N0bmFtZTogYQo="), "#cloud-config\nhostname: a\n");
}

#[test]
fn scripts_and_lists_of_addresses() {
    says("#!/bin/sh\nls\n", &[]);
    says("#!/bin/sh\r\nls\r\n", &["error 1:10 WindowsLines"]);
    assert_eq!(mended("#!/bin/sh\r\nls\r\n"), "#!/bin/sh\nls\n");
    says("#!\nls\n", &["error 1:1 NoInterpreter"]);
    says("#!bash\n", &["error 1:1 RelativeInterpreter(\"bash\")"]);
    says("\n#!/bin/sh\n", &["error 1:1 BlankBeforeScript"]);
    says("#include\nhttps://example.com/a\n# b\n\n", &[]);
    says("#include https://example.com/a\n", &[]);
    says("#include\nexample.com\n", &["error 2:1 NotAnAddress(\"example.com\")"]);
    says("#include-once\n", &["warning 1:1 NothingIncluded"]);
}

#[test]
fn windows() {
    says_to(Guest::Windows, "#ps1_sysnative\nls\n", &[]);
    says("#ps1_sysnative\nls\n", &["error 1:1 OnlyWindows"]);
    says_to(Guest::Unknown, "rem cmd\nls\n", &["note 1:1 OnlyWindows"]);
    says_to(Guest::Windows, "#include\nhttps://a\n", &["error 1:1 NotWindows"]);
    says_to(
        Guest::Windows,
        "#cloud-config\nhostname: a\npackages: [git]\n",
        &["warning 3:1 IgnoredByWindows(\"packages\")"],
    );
}

#[test]
fn messages_archives_and_templates() {
    let mime = "Content-Type: multipart/mixed; boundary=\"b\"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/cloud-config\n\n\
        #cloud-config\nrun_cmd: [ls]\n--b\nContent-Type: text/x-shellscript\n\n#!sh\n--b\nContent-Type: text/x-fortran\n\nx\n--b--\n";
    says(
        mime,
        &[
            "error 8:1 UnknownKey(\"run_cmd\", Like(\"runcmd\"))",
            "error 12:1 RelativeInterpreter(\"sh\")",
            "warning 14:1 UnknownPart(\"text/x-fortran\")",
        ],
    );
    says("MIME-Version: 1.0\nContent-Type: multipart/mixed\n\nx\n", &["error 2:1 NoBoundary"]);
    says(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\nx\n",
        &["error 2:1 NoParts"],
    );
    says(
        "#cloud-config-archive\n- type: text/cloud-config\n  content: |\n    #cloud-config\n    run_cmd: [ls]\n- '#!/bin/sh'\n- {type: a/b}\n- {type: a/b, content: c}\n",
        &[
            "error 5:5 UnknownKey(\"run_cmd\", Like(\"runcmd\"))",
            "error 7:3 ArchiveEntry",
            "warning 8:10 UnknownPart(\"a/b\")",
        ],
    );
    says("#cloud-config-archive\na: 1\n", &["error 2:1 ArchiveNotList"]);
    says("## template: jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}-x\n", &[]);
    says(
        "## template: jinja\n#cloud-config\nhost_name: {{ v1.region }}\n",
        &["error 3:1 UnknownKey(\"host_name\", Like(\"hostname\"))"],
    );
    says("## template: jinja\nhostname: a\n", &["error 2:1 TemplateFormat"]);
    says("## template: jinja\n#cloud-config\nhostname: {{ a\n", &["error 3:11 TemplateOpen"]);
    says(
        "## template: jinja\n#cloud-config\n{% if v1.region == 'a' %}\nhostname: a\n{% else %}\nhostname: b\n{% endif %}\n",
        &["note 1:1 TemplateBlocks"],
    );
}

#[test]
fn users_and_passwords() {
    says(
        "#cloud-config\nusers:\n  - name: anna\n    ssh_authorized_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0O]\n",
        &["warning 2:1 NoDefaultUser"],
    );
    says("#cloud-config\nusers:\n  - default\n  - name: anna\n", &["note 4:5 NoWayIn(\"anna\")"]);
    says("#cloud-config\nusers: []\n", &[]);
    says(
        "#cloud-config\nusers:\n  - default\n  - {name: anna, plain_text_passwd: hunter2}\n",
        &["warning 4:18 LockedPassword(\"anna\")", "warning 4:37 PlainPassword"],
    );
    says(
        "#cloud-config\nusers:\n  - default\n  - {name: anna, passwd: hunter2, lock_passwd: false}\n",
        &["warning 4:26 NotHashed"],
    );
    says("#cloud-config\npassword: hunter2\n", &["warning 2:11 PlainPassword"]);
    says("#cloud-config\npassword: $6$ab$cd\n", &[]);
    says(
        "#cloud-config\nssh_authorized_keys:\n  - |\n    -----BEGIN OPENSSH PRIVATE KEY-----\n  - anna@example\n",
        &["warning 4:5 PrivateKey", "warning 5:5 NotPublicKey"],
    );
}

#[test]
fn files_and_commands() {
    says(
        "#cloud-config\nwrite_files:\n  - path: /a\n    permissions: 0644\n",
        &["error 4:18 Permissions(\"0644\", 420)"],
    );
    assert_eq!(
        mended("#cloud-config\nwrite_files:\n  - path: /a\n    permissions: 644\n"),
        "#cloud-config\nwrite_files:\n  - path: /a\n    permissions: '0644'\n"
    );
    says(
        "#cloud-config\nwrite_files:\n  - {path: /a, permissions: rw-r--r--}\n",
        &["warning 3:29 PermissionsForm"],
    );
    says(
        "#cloud-config\nwrite_files:\n  - {path: /a, encoding: b64, content: 'no!'}\n",
        &["warning 3:40 ContentEncoding"],
    );
    says("#cloud-config\nruncmd:\n  - echo a: b\n", &["error 3:5 CommandColon"]);
    says("#cloud-config\nruncmd:\n  - [echo, a, '>', b]\n", &["warning 3:15 ShellInList(\">\")"]);
    says("#cloud-config\nruncmd:\n  - [sh, -c, 'echo a > b']\n", &[]);
}

#[test]
fn keys_and_letters() {
    let like = |text: &str| {
        found(text, Guest::Linux).into_iter().map(|finding| finding.problem).collect::<Vec<_>>()
    };
    let unknown = |key: &str, nearby| [Problem::UnknownKey(key.into(), nearby)];
    assert_eq!(
        like("#cloud-config\nwrite_files:\n  - path: /a\ncontent: b\n"),
        unknown("content", Nearby::Below("write_files".into()))
    );
    assert_eq!(
        like("#cloud-config\npower_state:\n  mode: reboot\n  runcmd: [ls]\n"),
        unknown("runcmd", Nearby::Top)
    );
    assert_eq!(like("#cloud-config\ndocker: {}\n"), unknown("docker", Nearby::Nowhere));
    says("#cloud-config\nhostname: a\nhostname: b\n", &["warning 2:1 Duplicate(\"hostname\")"]);
    says("#cloud-config\nhostname: \u{201c}a\u{201d}\n", &["warning 2:11 OddQuote('“')"]);
    assert!(like("#cloud-config\nhostname:\u{a0}a\n").contains(&Problem::OddSpace(0xa0)));
    assert_eq!(mended("#cloud-config\nruncmd:\n\t- ls\n"), "#cloud-config\nruncmd:\n  - ls\n");
    assert_eq!(
        mended("#cloud-config\napt_update: true\n"),
        "#cloud-config\npackage_update: true\n"
    );
    assert_eq!(like("#cloud-config\na: {{ b }}\n"), [Problem::Yaml(YamlProblem::ListAsKey)]);
}

#[test]
fn bytes_and_size() {
    let problems = |bytes: &[u8]| {
        check(bytes, Guest::Linux)
            .findings
            .into_iter()
            .map(|finding| finding.problem)
            .collect::<Vec<_>>()
    };
    assert_eq!(problems(b"\x1f\x8b\x08\xff"), []);
    assert_eq!(problems(b"\xff\xfe"), [Problem::Binary]);
    assert_eq!(problems(b"#!/bin/sh\n\xff"), [Problem::NotText(10)]);
    let script = |bytes: usize| format!("#!/bin/sh\n{}", "#".repeat(bytes - 10));
    assert_eq!(problems(script(cloud_init::LARGEST_BYTES).as_bytes()), []);
    assert_eq!(
        problems(script(cloud_init::LARGEST_BYTES + 1).as_bytes()),
        [Problem::TooLong(65_536)]
    );
}
