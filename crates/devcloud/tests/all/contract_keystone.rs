//! Keystone's answers held against samples of a real one.

use crate::support::contract::Sample;
use crate::support::{Answer, Cloud, password_auth};
use serde_json::{Value, json};

fn sample(name: &str) -> Sample {
    // A real token names the roles in another order; lists are compared by the look of their
    // elements, so that does not matter.
    Sample::load("keystone", name)
}

fn demo_scope() -> Value {
    json!({"project": {"name": "demo", "domain": {"id": "default"}}})
}

#[tokio::test]
async fn discovery() {
    let cloud = Cloud::start().await;
    let versions = cloud.get("/identity", "").await;
    sample("versions").check(&versions);
    assert_eq!(versions.header("location"), cloud.url("/identity/v3/"));
    sample("version").check(&cloud.get("/identity/v3", "").await);
    sample("version").check(&cloud.get("/identity/v3/", "").await);
}

#[tokio::test]
async fn signing_in_with_a_password() {
    let cloud = Cloud::start().await;
    sample("password-no-scope").check(&cloud.authenticate(password_auth("demo", None)).await);
    sample("password-unscoped")
        .check(&cloud.authenticate(password_auth("demo", Some(json!("unscoped")))).await);
    let scoped = cloud.authenticate(password_auth("demo", Some(demo_scope()))).await;
    sample("password-project-scope").check(&scoped);
    let body = password_auth("demo", Some(demo_scope()));
    let url = cloud.url("/identity/v3/auth/tokens?nocatalog");
    let lean = Answer::of(cloud.http.post(url).json(&body).send().await.unwrap()).await;
    sample("password-nocatalog").check(&lean);
}

#[tokio::test]
async fn what_a_token_opens() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    for (name, path) in [
        ("auth-projects", "/identity/v3/auth/projects"),
        ("auth-domains", "/identity/v3/auth/domains"),
        ("auth-system", "/identity/v3/auth/system"),
        ("auth-catalog", "/identity/v3/auth/catalog"),
        ("list-projects-refused", "/identity/v3/projects"),
        ("limits", "/identity/v3/limits"),
    ] {
        sample(name).check(&cloud.get(path, &token).await);
    }
    let (user, project) = (devcloud::well_known::USER_DEMO, devcloud::well_known::PROJECT_DEMO);
    sample("user").check(&cloud.get(&format!("/identity/v3/users/{user}"), &token).await);
    sample("project").check(&cloud.get(&format!("/identity/v3/projects/{project}"), &token).await);
    sample("auth-projects")
        .check(&cloud.get(&format!("/identity/v3/users/{user}/projects"), &token).await);
}

#[tokio::test]
async fn rescoping_validating_and_revoking() {
    let cloud = Cloud::start().await;
    let unscoped = cloud.authenticate(password_auth("demo", None)).await;
    let unscoped = unscoped.header("x-subject-token");
    let scope = json!({"project": {"id": devcloud::well_known::PROJECT_DEMO}});
    let rescope = |id: &str| json!({"auth": {"identity": {"methods": ["token"], "token": {"id": id}}, "scope": scope}});
    let scoped = cloud.authenticate(rescope(unscoped)).await;
    sample("rescope-unscoped").check(&scoped);
    let again = cloud.authenticate(rescope(scoped.header("x-subject-token"))).await;
    sample("rescope-scoped").check(&again);
    let token = cloud.sign_in("demo", "demo").await;
    let about = |method: &str| {
        cloud.request(method, "/identity/v3/auth/tokens", &token).header("x-subject-token", &token)
    };
    sample("validate").check(&Answer::of(about("GET").send().await.unwrap()).await);
    sample("revoke").check(&Answer::of(about("DELETE").send().await.unwrap()).await);
    sample("revoked-token").check(&cloud.get("/identity/v3/auth/projects", &token).await);
}

#[tokio::test]
async fn application_credentials() {
    let cloud = Cloud::start().await;
    let token = cloud.sign_in("demo", "demo").await;
    let path =
        format!("/identity/v3/users/{}/application_credentials", devcloud::well_known::USER_DEMO);
    let body = json!({"application_credential":
        {"name": "wire", "description": "for the transcript", "roles": [{"name": "member"}]}});
    let made = cloud.post(&path, &token, body).await;
    sample("credential-create").check(&made);
    let (id, secret) =
        (made.text("/application_credential/id"), made.text("/application_credential/secret"));
    sample("credential-conflict").check(
        &cloud.post(&path, &token, json!({"application_credential": {"name": "wire"}})).await,
    );
    sample("credential-list").check(&cloud.get(&path, &token).await);
    let with = |credential: Value| {
        json!({"auth": {"identity":
        {"methods": ["application_credential"], "application_credential": credential}}})
    };
    let signed_in = cloud.authenticate(with(json!({"id": id, "secret": secret}))).await;
    sample("credential-sign-in").check(&signed_in);
    let user = json!({"name": "demo", "domain": {"id": "default"}});
    sample("credential-sign-in-by-name").check(
        &cloud.authenticate(with(json!({"name": "wire", "secret": secret, "user": user}))).await,
    );
    let mut scoped = with(json!({"id": id, "secret": secret}));
    scoped["auth"]["scope"] = demo_scope();
    sample("credential-with-scope").check(&cloud.authenticate(scoped).await);
    sample("credential-wrong-secret")
        .check(&cloud.authenticate(with(json!({"id": id, "secret": "wrong"}))).await);
    let through = signed_in.header("x-subject-token");
    sample("credential-projects").check(&cloud.get("/identity/v3/auth/projects", through).await);
    let rescope = json!({"auth": {"identity": {"methods": ["token"], "token": {"id": through}}, "scope": demo_scope()}});
    sample("credential-rescope").check(&cloud.authenticate(rescope).await);
    sample("credential-restricted").check(
        &cloud.post(&path, through, json!({"application_credential": {"name": "child"}})).await,
    );
    sample("credential-delete").check(&cloud.delete(&format!("{path}/{id}"), &token).await);
    assert_eq!(
        cloud.get("/identity/v3/auth/projects", through).await.status,
        401,
        "its tokens end with it"
    );
}

#[tokio::test]
async fn what_is_refused() {
    let cloud = Cloud::start().await;
    let with = |user: &str, domain: Value, password: &str| {
        json!({"auth": {"identity": {"methods": ["password"],
        "password": {"user": {"name": user, "domain": domain, "password": password}}}}})
    };
    let default = || json!({"id": "default"});
    sample("wrong-password").check(&cloud.authenticate(with("demo", default(), "wrong")).await);
    sample("unknown-user").check(&cloud.authenticate(with("nobody", default(), "x")).await);
    sample("unknown-domain")
        .check(&cloud.authenticate(with("demo", json!({"name": "Nowhere"}), "x")).await);
    let scope = |name: &str| json!({"project": {"name": name, "domain": {"id": "default"}}});
    sample("foreign-project")
        .check(&cloud.authenticate(password_auth("viewer", Some(scope("other")))).await);
    sample("missing-project")
        .check(&cloud.authenticate(password_auth("demo", Some(scope("missing")))).await);
    sample("malformed").check(&cloud.authenticate(json!({"auth": {}})).await);
    sample("no-token").check(&cloud.get("/identity/v3/auth/projects", "").await);
    sample("bad-token").check(&cloud.get("/identity/v3/auth/projects", "rubbish").await);
}
