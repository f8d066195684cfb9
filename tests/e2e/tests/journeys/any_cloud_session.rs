//! Signing in on any cloud: in every form that needs no second device, switching, losing the token.

use http::Method;
use slipway_e2e::{Ground, Outcome, Trouble, like, on_any_cloud};

/// The token that the page works with.
async fn token(ground: &Ground) -> Result<String, Trouble> {
    let script = "return (JSON.stringify({...sessionStorage}).match(/gAAAA[\\w-]+/) || [''])[0]";
    let found = ground.user.driver().execute(script, vec![]).await?.convert::<String>()?;
    if found.is_empty() { Err("no token in the tab's storage".into()) } else { Ok(found) }
}

/// The list shows what is public; among all there may be thousands before it.
async fn lists(ground: &Ground) -> Outcome {
    ground.user.click("link", like("Public")).await?;
    ground.user.see("link", like(&ground.site.image)).await?;
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_is_said_at_its_field() -> Outcome {
    on_any_cloud("any-wrong-password", async |ground| {
        let user = &ground.user;
        user.open("/").await?;
        user.fill("User", "demo").await?;
        user.fill("Password", "not-it").await?;
        user.click("button", "Sign in").await?;
        user.read("User, password or domain is wrong").await?;
        assert_eq!(user.value("User").await?, "demo");
        Ok(())
    })
    .await
}

#[tokio::test]
pub async fn the_project_is_switched_and_signing_out_revokes() -> Outcome {
    on_any_cloud("any-projects", async |ground| {
        let (user, region) = (&ground.user, &ground.site.region);
        ground.sign_in("demo", "demo").await?;
        // What it shows is of the project that is left.
        user.open("/images/create").await?;
        user.see("heading", "Create image").await?;
        user.click("button", format!("Project demo, region {region}: switch")).await?;
        user.click("button", "other").await?;
        user.see("button", format!("Project other, region {region}: switch")).await?;
        user.at("the list", |path| path == "/images").await?;
        lists(ground).await?;
        let token = token(ground).await?;
        user.click("link", "Instances").await?;
        user.see("heading", "Instances").await?;
        user.click("button", like("Signed in until")).await?;
        user.click("button", "Sign out").await?;
        user.see("button", "Sign in").await?;
        let api = ground.site.api("demo", "other").await?;
        let url = api.identity_url().to_owned() + "/auth/tokens";
        user.until("the token is revoked", async || {
            let answer = reqwest::Client::new()
                .get(&url)
                .header("x-auth-token", api.token())
                .header("x-subject-token", &token)
                .send()
                .await?;
            Ok(answer.status() == 404)
        })
        .await
    })
    .await
}

#[tokio::test]
async fn an_application_credential_signs_in() -> Outcome {
    on_any_cloud("any-application-credential", async |ground| {
        let user = &ground.user;
        let api = ground.site.api("demo", "demo").await?;
        let (id, secret) = ground.application_credential(&api).await?;
        user.open("/").await?;
        user.click("tab", like("App credential")).await?;
        user.fill("Id", &id).await?;
        user.fill("Secret", "not-it").await?;
        user.click("button", "Sign in").await?;
        user.read("wrong").await?;
        user.fill("Secret", &secret).await?;
        user.click("button", "Sign in").await?;
        lists(ground).await
    })
    .await
}

#[tokio::test]
async fn a_token_that_is_gone_is_asked_for_over_the_page() -> Outcome {
    on_any_cloud("any-expiry", async |ground| {
        let user = &ground.user;
        ground.sign_in("demo", "demo").await?;
        user.open("/images/create").await?;
        user.fill("Name", "half-typed").await?;
        let api = ground.site.api("demo", "demo").await?;
        let url = api.identity_url().to_owned() + "/auth/tokens";
        let revoked = reqwest::Client::new()
            .request(Method::DELETE, &url)
            .header("x-auth-token", api.token())
            .header("x-subject-token", token(ground).await?)
            .send()
            .await?;
        assert_eq!(revoked.status(), 204);
        // Asking whether the name is taken is what is refused.
        user.fill("Name", "half-typed-more").await?;
        user.read("Sign in again as demo").await?;
        user.fill("Password", "demo-secret").await?;
        user.click("button", "Sign in").await?;
        user.no_longer_read("Sign in again as demo").await?;
        assert_eq!(user.value("Name").await?, "half-typed-more");
        user.click("link", "Images").await?;
        lists(ground).await
    })
    .await
}
