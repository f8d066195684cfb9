//! The check of a cloud: what is wrong is named, with what mends it, signed in or not.

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use serde_json::json;
use slipway_e2e::{Kind, Outcome, Stage, Trouble, console_with, journey, journey_with, like};

/// Opens the check and waits until everything was looked at.
async fn checked(stage: &Stage, path: &str) -> Result<String, Trouble> {
    let user = &stage.user;
    user.open(path).await?;
    user.see("heading", "Check the cloud").await?;
    done(stage).await
}

async fn done(stage: &Stage) -> Result<String, Trouble> {
    stage.user.no_longer_read("is being looked at").await?;
    stage.user.no_longer_read("Is being looked at").await?;
    stage.user.page_text().await
}

fn has(text: &str, words: &[&str]) -> Outcome {
    match words.iter().find(|words| !text.contains(**words)) {
        Some(missing) => Err(format!("no {missing:?} in {text}").into()),
        None => Ok(()),
    }
}

#[tokio::test]
async fn a_cloud_on_one_origin_has_nothing_in_the_way() -> Outcome {
    journey(
        "check-fine",
        |_| {},
        async |stage| {
            let user = &stage.user;
            // Without a sign-in it says what it cannot know, and leads to one and back.
            let text = checked(stage, "/check").await?;
            has(
                &text,
                &["Nothing stands in the way", "Without a sign-in only a part", "API v3.14"],
            )?;
            user.click("link", "Sign in").await?;
            user.fill("User", "demo").await?;
            user.fill("Password", "demo-secret").await?;
            user.click("button", "Sign in").await?;
            user.click("button", "demo").await?;
            user.at("the check", |path| path.starts_with("/check")).await?;
            user.see("heading", "Glance").await?;
            let text = done(stage).await?;
            has(
                &text,
                &[
                    "Nothing stands in the way",
                    "0 wrong, 0 missing, 0 not looked at.",
                    "web-download is among them",
                    "It went the whole way",
                    "same origin as this page",
                ],
            )?;
            // The trial has left nothing.
            let api = stage.api().await?;
            assert!(api.images(".slipway-upload-probe").await?.is_empty(), "a probe was left");
            // From everywhere: the person's menu.
            user.open("/images").await?;
            user.click("button", like("Signed in until")).await?;
            user.click("link", "Check the cloud").await?;
            user.see("heading", "Check the cloud").await?;
            Ok(())
        },
    )
    .await
}

/// A second cloud on an origin of its own, which lets in whom it is told to, or nobody.
async fn elsewhere(stage: &Stage, lets_in: bool) -> Result<devcloud::Devcloud, Trouble> {
    let mut options = devcloud::Options::new(stage.folder.path().join("elsewhere"));
    options.pace = 0.1;
    options.cors_origin = lets_in.then(|| stage.cloud.url());
    let cloud = devcloud::start(options).await?;
    let config = json!({"clouds": [
        { "id": "here", "name": "Here", "auth_url": "/identity/v3", "region": "dev-1" },
        { "id": "elsewhere", "name": "Elsewhere", "auth_url": format!("{}/identity/v3", cloud.url()), "region": "dev-1" },
    ]});
    let app = stage.folder.path().join("app");
    std::fs::write(app.join(slipway_e2e::CONFIG), config.to_string())?;
    Ok(cloud)
}

async fn on_two_origins(name: &str, play: impl AsyncFnOnce(&Stage) -> Outcome) -> Outcome {
    let prepare =
        |options: &mut devcloud::Options| console_with(options, &json!({}), |_| true).map(drop);
    journey_with(Kind::wanted()?, name, prepare, play).await
}

#[tokio::test]
async fn a_cloud_that_lets_no_page_in_is_told_from_the_sign_in() -> Outcome {
    on_two_origins("check-closed", async |stage| {
        let cloud = elsewhere(stage, false).await?;
        let user = &stage.user;
        user.open("/login").await?;
        user.choose("Cloud", "Elsewhere").await?;
        user.fill("User", "demo").await?;
        user.fill("Password", "demo-secret").await?;
        user.click("button", "Sign in").await?;
        user.read("did not answer").await?;
        // In a tab of its own, so that what was typed stays.
        let link = user.see("link", like("Check the cloud")).await?;
        let path = link.attr("href").await?.ok_or("the link leads nowhere")?;
        assert_eq!(path, "/check?cloud=elsewhere");
        link.click().await?;
        let windows = user.driver().windows().await?;
        let [first, second] = windows.as_slice() else {
            return Err(format!("{} windows", windows.len()).into());
        };
        user.driver().switch_to_window(second.clone()).await?;
        user.see("heading", "Check the cloud").await?;
        let text = done(stage).await?;
        has(
            &text,
            &[
                "Something stands in the way",
                "Keystone answers, but the browser keeps the answers from this page",
                "keystone.conf",
                &format!("allowed_origin = {}", stage.cloud.url()),
            ],
        )?;
        user.see("button", "Copy lines for keystone.conf").await?;
        user.driver().close_window().await?;
        user.driver().switch_to_window(first.clone()).await?;
        assert_eq!(user.value("User").await?, "demo");
        // It is really not there: another verdict.
        cloud.stop().await;
        let text = checked(stage, "/check?cloud=elsewhere").await?;
        has(&text, &["Nothing answers at", "curl -v"])?;
        // The other cloud of this console is well.
        user.click("link", "Here").await?;
        user.read("Here · dev-1").await?;
        has(&done(stage).await?, &["Nothing stands in the way"])
    })
    .await
}

#[tokio::test]
async fn a_cloud_that_lets_the_page_in_is_asked_for_everything() -> Outcome {
    on_two_origins("check-open", async |stage| {
        let cloud = elsewhere(stage, true).await?;
        let user = &stage.user;
        let text = checked(stage, "/check?cloud=elsewhere").await?;
        has(&text, &["Whether the token can be read", "expose_headers"])?;
        user.click("link", "Sign in").await?;
        user.choose("Cloud", "Elsewhere").await?;
        user.fill("User", "demo").await?;
        user.fill("Password", "demo-secret").await?;
        user.click("button", "Sign in").await?;
        user.click("button", "demo").await?;
        user.at("the check", |path| path.starts_with("/check")).await?;
        user.see("heading", "Glance").await?;
        let text = done(stage).await?;
        has(
            &text,
            &[
                "with DELETE, GET, PATCH, POST, PUT and the headers that Slipway sends",
                "The token can be read (X-Subject-Token): you are signed in.",
                "0 wrong, 0 missing",
            ],
        )?;
        // Asking has not cost the sign-in.
        user.open("/images").await?;
        user.see("heading", "Images").await?;
        user.gone("button", "Sign in").await?;
        cloud.stop().await;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_service_that_is_down_is_named_and_checked_again() -> Outcome {
    journey(
        "check-down",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.sign_in("demo", "demo-secret", "demo").await?;
            let everything = ["GET", "POST", "PUT", "PATCH", "DELETE"];
            for method in everything {
                stage.cloud.faults().add(Rule::new(
                    Service::Image,
                    method,
                    "/**",
                    Action::ResetBeforeBody,
                ));
            }
            let text = checked(stage, "/check").await?;
            has(&text, &["Something stands in the way", "Nothing answers at", "/image/"])?;
            stage.cloud.faults().clear();
            user.click("button", "Check again").await?;
            user.read("Nothing stands in the way").await?;
            user.read("It went the whole way").await
        },
    )
    .await
}

#[tokio::test]
async fn what_a_cloud_lacks_for_large_files_is_told_with_the_lines() -> Outcome {
    journey(
        "check-bare",
        |options| {
            options.import_methods.retain(|method| method != "web-download");
            options.tempurl_digests.clear();
        },
        async |stage| {
            stage.user.sign_in("demo", "demo-secret", "demo").await?;
            let text = checked(stage, "/check").await?;
            has(
                &text,
                &[
                    "Not everything is possible in this cloud",
                    "web-download is not among them",
                    "enabled_import_methods = [glance-direct,copy-image,glance-download,web-download]",
                    "It signs none, so Glance cannot fetch from it",
                    "allowed_digests = sha256 sha512",
                ],
            )
        },
    )
    .await
}

#[tokio::test]
async fn a_region_without_an_object_store_is_told_what_it_costs() -> Outcome {
    journey(
        "check-no-store",
        |options| options.object_store = false,
        async |stage| {
            stage.user.sign_in("demo", "demo-secret", "demo").await?;
            let text = checked(stage, "/check").await?;
            has(
                &text,
                &[
                    "large files travel in one piece, and a broken line starts them again",
                    "openstack endpoint create --region dev-1 object-store public",
                ],
            )?;
            // The wizard leads here, too; the report has nobody's name in it.
            stage.user.see("button", "Copy the report").await?;
            Ok(())
        },
    )
    .await
}
