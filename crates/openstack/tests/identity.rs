//! Signing in: what is sent, what comes back, and files that hold credentials.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails says so"
)]

mod support;

use std::sync::Arc;

use openstack::identity::{
    CloudsFileError, Credentials, DomainRef, FileCredentials, Keystone, Scope, Secret, Session,
    SignIn, Token, UserRef, parse_credentials_file,
};
use openstack::{ErrorKind, Response};
use serde_json::{Value, json};
use support::{Fake, header, run, sample, status};

fn demo() -> UserRef {
    UserRef::Name { name: "demo".into(), domain: DomainRef::Name("Default".into()) }
}

/// Credentials and scope, and the `auth` they are sent as.
fn check(credentials: &Credentials, scope: &Scope, expected: Value) {
    let fake = Fake::sample("keystone/password-project-scope");
    run(Keystone::new(Arc::clone(&fake), "/identity").sign_in(credentials, scope)).unwrap();
    assert_eq!(fake.last().url, "/identity/v3/auth/tokens");
    assert_eq!(fake.last_body(), json!({"auth": expected}));
}

#[test]
fn what_is_sent() {
    let user = json!({"name": "demo", "domain": {"name": "Default"}});
    let with = |key: &str, secret: &str| {
        let mut user = user.clone();
        user[key] = json!(secret);
        json!({"user": user})
    };
    let password = |passcode: Option<&str>| Credentials::Password {
        user: demo(),
        password: Secret::new("pw"),
        passcode: passcode.map(Secret::new),
    };
    let plain = json!({"methods": ["password"], "password": with("password", "pw")});
    check(&password(None), &Scope::Default, json!({"identity": plain}));
    check(&password(None), &Scope::Unscoped, json!({"identity": plain, "scope": "unscoped"}));
    check(
        &password(None),
        &Scope::ProjectId("p".into()),
        json!({"identity": plain, "scope": {"project": {"id": "p"}}}),
    );
    let named = Scope::Project { name: "demo".into(), domain: DomainRef::Id("default".into()) };
    check(
        &password(None),
        &named,
        json!({"identity": plain, "scope": {"project": {"name": "demo", "domain": {"id": "default"}}}}),
    );
    let both = json!({"methods": ["password", "totp"], "password": with("password", "pw"), "totp": with("passcode", "123456")});
    check(
        &password(Some("123456")),
        &Scope::Unscoped,
        json!({"identity": both, "scope": "unscoped"}),
    );
    let credential =
        Credentials::ApplicationCredential { id: "c".into(), secret: Secret::new("s") };
    let sent = json!({"methods": ["application_credential"], "application_credential": {"id": "c", "secret": "s"}});
    // Keystone refuses a scope here, so it is left out.
    check(&credential, &Scope::ProjectId("p".into()), json!({"identity": sent}));
    let by_name = Credentials::NamedApplicationCredential {
        name: "c".into(),
        user: demo(),
        secret: Secret::new("s"),
    };
    let sent = json!({"methods": ["application_credential"], "application_credential": {"name": "c", "secret": "s", "user": user}});
    check(&by_name, &Scope::Default, json!({"identity": sent}));
    let token = Credentials::Token(Token::new("t"));
    check(
        &token,
        &Scope::Unscoped,
        json!({"identity": {"methods": ["token"], "token": {"id": "t"}}, "scope": "unscoped"}),
    );
}

fn sign_in(name: &'static str) -> Result<SignIn, openstack::ApiError> {
    let credentials =
        Credentials::Password { user: demo(), password: Secret::new("pw"), passcode: None };
    run(Keystone::new(Fake::sample(name), "http://k/v3/").sign_in(&credentials, &Scope::Default))
}

fn signed_in(name: &'static str) -> Session {
    match sign_in(name).unwrap() {
        SignIn::Done(session) => *session,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_comes_back() {
    let scoped = signed_in("keystone/password-project-scope");
    assert_eq!(scoped.user.name, "demo");
    assert_eq!(scoped.project.as_ref().map(|project| project.name.as_str()), Some("demo"));
    assert_eq!(scoped.roles, ["member", "reader"]);
    assert_eq!(scoped.expires_at.to_string(), "2026-01-01T13:00:00Z");
    assert!(scoped.can_switch_project() && !scoped.is_reader_only() && !scoped.catalog.is_empty());
    let unscoped = signed_in("keystone/password-unscoped");
    assert!(unscoped.project.is_none() && unscoped.catalog.is_empty() && unscoped.roles.is_empty());
    let credential = signed_in("keystone/credential-sign-in");
    assert!(!credential.can_switch_project());
    let error = sign_in("keystone/wrong-password").unwrap_err();
    assert_eq!((error.kind, error.operation), (ErrorKind::Unauthorized, "sign in"));
}

#[test]
fn a_session_survives_the_tabs_storage() {
    let session = signed_in("keystone/password-project-scope");
    let kept = serde_json::to_string(&session).unwrap();
    assert_eq!(serde_json::from_str::<Session>(&kept).unwrap(), session);
}

#[test]
fn a_missing_token_header_is_named() {
    let fake = Fake::new(|_, _| {
        let answer = sample("keystone/password-project-scope");
        Ok(Response { headers: vec![], ..answer })
    });
    let credentials = Credentials::Token(Token::new("t"));
    let error =
        run(Keystone::new(fake, "http://k").sign_in(&credentials, &Scope::Default)).unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Decode, "no X-Subject-Token header")
    );
}

#[test]
fn a_one_time_code_in_two_steps() {
    // keystone/server/flask/application.py: 401 with the receipt in a header.
    let fake = Fake::new(|request, nth| {
        match nth {
        0 => Ok(Response {
            status: 401,
            headers: vec![("openstack-auth-receipt".into(), "RECEIPT".into())],
            body: json!({"receipt": {"methods": ["password"]}, "required_auth_methods": [["password", "totp"]]})
                .to_string()
                .into_bytes(),
        }),
        _ => {
            assert_eq!(header(request, "Openstack-Auth-Receipt"), Some("RECEIPT"));
            Ok(sample("keystone/password-unscoped"))
        }
    }
    });
    let keystone = Keystone::new(Arc::clone(&fake), "http://k");
    let first = Credentials::Password { user: demo(), password: Secret::new("pw"), passcode: None };
    let answer = run(keystone.sign_in(&first, &Scope::Unscoped)).unwrap();
    assert!(answer.wants_passcode() && !format!("{answer:?}").contains("RECEIPT"));
    let SignIn::NeedsMore { receipt, .. } = answer else { panic!("{answer:?}") };
    let second = Credentials::Passcode { user: demo(), passcode: Secret::new("123456"), receipt };
    let done = run(keystone.sign_in(&second, &Scope::Unscoped)).unwrap();
    assert!(matches!(done, SignIn::Done(_)));
    let identity = &fake.last_body()["auth"]["identity"];
    assert_eq!(
        (&identity["methods"], &identity["totp"]["user"]["passcode"]),
        (&json!(["totp"]), &json!("123456"))
    );
}

#[test]
fn projects_rescope_validate_revoke() {
    let token = Token::new("t");
    let projects =
        run(Keystone::new(Fake::sample("keystone/auth-projects"), "http://k").projects(&token))
            .unwrap();
    assert_eq!(projects.items[0].name, "demo");
    let session = run(Keystone::new(Fake::sample("keystone/password-project-scope"), "http://k")
        .rescope(&token, &"p".into()));
    assert!(session.unwrap().project.is_some());
    let session =
        run(Keystone::new(Fake::sample("keystone/validate"), "http://k").validate(&token)).unwrap();
    assert_eq!(session.token.reveal(), "t");
    for code in [204, 401, 404] {
        run(Keystone::new(Fake::new(move |_, _| Ok(status(code))), "http://k").revoke(&token))
            .unwrap();
    }
    let refused = run(Keystone::new(Fake::new(|_, _| Ok(status(500))), "http://k").revoke(&token));
    assert_eq!(refused.unwrap_err().kind, ErrorKind::Server);
}

#[test]
fn disabled_projects_are_left_out() {
    let fake = Fake::new(|_, _| {
        Ok(support::json(
            json!({"projects": [{"id": "a", "name": "a", "enabled": false}, {"id": "b", "name": "b"}]}),
        ))
    });
    let projects = run(Keystone::new(fake, "http://k").projects(&Token::new("t"))).unwrap();
    assert_eq!(
        projects.items.iter().map(|project| project.name.as_str()).collect::<Vec<_>>(),
        ["b"]
    );
}

/// The cloud `name` of a file, as text: user or credential, secret, project, url, region.
fn check_file(text: &str, name: &str, expected: &str) {
    let clouds = parse_credentials_file(text).unwrap_or_else(|why| panic!("{why}\n{text}"));
    let cloud =
        clouds.iter().find(|cloud| cloud.name == name).unwrap_or_else(|| panic!("{clouds:?}"));
    let domain = |domain: &DomainRef| match domain {
        DomainRef::Name(name) => format!("@{name}"),
        DomainRef::Id(id) => format!("@#{id}"),
    };
    let user = |user: &Option<UserRef>| match user {
        Some(UserRef::Name { name, domain: of }) => format!("{name}{}", domain(of)),
        Some(UserRef::Id(id)) => format!("#{id}"),
        None => "-".to_owned(),
    };
    let secret = |secret: &Option<Secret>| {
        secret.as_ref().map_or("-".to_owned(), |secret| secret.reveal().to_owned())
    };
    let who = match &cloud.credentials {
        FileCredentials::Password { user: who, password } => {
            format!("{} {}", user(who), secret(password))
        }
        FileCredentials::ApplicationCredential { id, name, user: who, secret: with } => {
            format!("cred {:?} {:?} {} {}", id, name, user(who), secret(with))
        }
    };
    let scope = match &cloud.scope {
        Scope::Default => "-".to_owned(),
        Scope::Unscoped => "unscoped".to_owned(),
        Scope::ProjectId(id) => format!("#{id}"),
        Scope::Project { name, domain: of } => format!("{name}{}", domain(of)),
    };
    let found = format!(
        "{who} | {scope} | {:?} | {:?}",
        cloud.auth_url.as_deref(),
        cloud.region.as_deref()
    );
    assert_eq!(found, expected, "{text}");
}

#[test]
fn clouds_yaml() {
    let usual = r#"
# made by the portal
clouds:
  binero:
    auth:
      auth_url: https://auth.example:5000/v3   # Keystone
      username: "anna#1"
      project_id: 46252803802a441ab7b00fd84c4f8152
      project_name: 'anna''s project'
      user_domain_name: Default
      password: "p\"a: #ss"
    regions:
      - name: europe-se-1
        values:
          auth: x
      - europe-se-2
    region_name: europe-se-1
    interface: public
    identity_api_version: 3
  "second one":
    auth_type: v3applicationcredential
    auth:
        auth_url: https://other.example/identity
        application_credential_id: abc
        application_credential_secret: s3cret
"#;
    check_file(
        usual,
        "binero",
        r##"anna#1@Default p"a: #ss | #46252803802a441ab7b00fd84c4f8152 | Some("https://auth.example:5000/v3") | Some("europe-se-1")"##,
    );
    check_file(
        usual,
        "second one",
        r#"cred Some("abc") None - s3cret | - | Some("https://other.example/identity") | None"#,
    );
    check_file(
        &usual.replace('\n', "\r\n"),
        "binero",
        r##"anna#1@Default p"a: #ss | #46252803802a441ab7b00fd84c4f8152 | Some("https://auth.example:5000/v3") | Some("europe-se-1")"##,
    );
    check_file(
        "---\nclouds:\n c:\n  auth:\n   username: u\n   project_name: p\n   project_domain_name: D\n",
        "c",
        "u@#default - | p@D | None | None",
    );
    check_file("\u{feff}clouds:\n  c:\n    auth: {}\n", "c", "- - | - | None | None");
    check_file(
        "clouds:\n  c:\n    username: flat\n    user_domain_id: dd\n    regions:\n    - a\n    - b\n    region_name: r\n",
        "c",
        r#"flat@#dd - | - | None | Some("r")"#,
    );
    check_file(
        "clouds:\n  c:\n    auth:\n      application_credential_name: n\n      username: u\n      password: null\n",
        "c",
        r#"cred None Some("n") u@#default - | - | None | None"#,
    );
}

#[test]
fn openrc() {
    let horizon = r#"#!/usr/bin/env bash
export OS_AUTH_URL=https://auth.example:5000
export OS_PROJECT_ID=4625
export OS_PROJECT_NAME="anna's project"
export OS_USER_DOMAIN_NAME="Default"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
unset OS_TENANT_ID
export OS_USERNAME="anna"
echo "Please enter your OpenStack Password for project $OS_PROJECT_NAME as user $OS_USERNAME: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
export OS_REGION_NAME="europe-se-1"
if [ -z "$OS_REGION_NAME" ]; then unset OS_REGION_NAME; fi
export OS_INTERFACE=public
"#;
    check_file(
        horizon,
        "anna's project",
        r##"anna@Default - | #4625 | Some("https://auth.example:5000") | Some("europe-se-1")"##,
    );
    check_file(
        "OS_USERNAME=u OS_X=1\nOS_PASSWORD='$ecret'; # c\nOS_TENANT_NAME=t\n",
        "openrc",
        "u@#default $ecret | t@#default | None | None",
    );
    check_file(
        "export OS_AUTH_TYPE=v3applicationcredential\nexport OS_APPLICATION_CREDENTIAL_ID=i\nexport OS_APPLICATION_CREDENTIAL_SECRET=`cat x`\n",
        "openrc",
        r#"cred Some("i") None - - | - | None | None"#,
    );
}

/// A file that cannot be used, and why.
fn check_bad(text: &str, expected: CloudsFileError) {
    assert_eq!(parse_credentials_file(text), Err(expected), "{text}");
}

#[test]
fn files_that_are_something_else() {
    let line = |line, what| CloudsFileError::Line { line, what };
    check_bad("", CloudsFileError::NotCredentials);
    check_bad("QFI\u{fb}\0\0binary", CloudsFileError::NotCredentials);
    check_bad("PATH=/bin\nname: x\n", CloudsFileError::NotCredentials);
    check_bad("clouds:\n", CloudsFileError::NoClouds);
    check_bad("clouds:\n  c: text\n", CloudsFileError::NoClouds);
    check_bad("clouds:\n  - c\n", CloudsFileError::NoClouds);
    check_bad("clouds:\n  c:\n\t auth:\n", line(3, "a tab as indentation"));
    check_bad("clouds:\n  c:\n    auth: {username: u}\n", line(3, "a map in braces"));
    check_bad("clouds:\n  c: &x\n    auth:\n", line(2, "an anchor or alias"));
    check_bad(
        "clouds:\n  c:\n    auth:\n      password: |\n        a\n",
        line(4, "a text over several lines"),
    );
    check_bad(
        "clouds:\n  c:\n    auth:\n      password: \"a\n",
        line(4, "a quote that does not end"),
    );
    check_bad("clouds:\n  c:\n    what is this\n", line(3, "neither `key: value` nor a list"));
}
