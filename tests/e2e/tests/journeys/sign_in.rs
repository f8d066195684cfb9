//! Signing in, in every form, and what the session survives.

use devcloud::TOTP_SECRET;
use slipway_e2e::{Outcome, journey, like, totp_code};

#[tokio::test]
async fn a_wrong_password_is_said_at_its_field_and_loses_nothing() -> Outcome {
    journey(
        "wrong-password",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.open("/").await?;
            user.fill("User", "demo").await?;
            user.fill("Password", "not-it").await?;
            user.click("button", "Sign in").await?;
            user.read("User, password or domain is wrong").await?;
            assert_eq!(user.value("User").await?, "demo");
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn project_choice_reload_switch_and_sign_out() -> Outcome {
    journey(
        "projects",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.open("/images?tab=public").await?;
            user.fill("User", "demo").await?;
            user.fill("Password", "demo-secret").await?;
            user.click("button", "Sign in").await?;
            user.see("heading", "Choose a project").await?;
            user.click("button", "other").await?;
            // The page that was wanted first.
            user.at("the wanted page", |path| path == "/images?tab=public").await?;
            user.see("heading", "Images").await?;
            user.driver().refresh().await?;
            user.see("heading", "Images").await?;

            user.click("button", "Project other, region dev-1: switch").await?;
            user.click("button", "demo").await?;
            user.see("button", "Project demo, region dev-1: switch").await?;
            user.click("button", "Project demo, region dev-1: switch").await?;
            user.click("button", "dev-2").await?;
            user.see("button", "Project demo, region dev-2: switch").await?;

            // A page of the app to go back to.
            user.click("link", "Instances").await?;
            user.see("heading", "Instances").await?;
            user.click("button", like("Signed in until")).await?;
            user.click("button", "Sign out").await?;
            user.see("button", "Sign in").await?;
            user.driver().back().await?;
            user.see("button", "Sign in").await?;
            let kept = user
                .driver()
                .execute("return JSON.stringify([{...sessionStorage}, {...localStorage}])", vec![])
                .await?;
            let kept: String = kept.convert()?;
            assert!(
                !kept.contains("gAAAA") && !kept.contains("token"),
                "left in the browser: {kept}"
            );
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_when_the_cloud_wants_one() -> Outcome {
    journey(
        "totp",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.open("/").await?;
            user.fill("User", "totp").await?;
            user.fill("Password", "demo-secret").await?;
            user.click("button", "Sign in").await?;
            user.fill("One-time code", "000000").await?;
            user.click("button", "Sign in").await?;
            user.read("The code is wrong or was used already").await?;
            user.fill("One-time code", &totp_code(TOTP_SECRET)?).await?;
            user.click("button", "Sign in").await?;
            user.see("heading", "Images").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn a_clouds_yaml_signs_in() -> Outcome {
    journey("clouds-yaml", |_| {}, async |stage| {
        let user = &stage.user;
        user.open("/").await?;
        user.click("tab", "clouds.yaml").await?;
        let text = format!(
            "clouds:\n  dev:\n    auth:\n      auth_url: {}/identity/v3\n      username: demo\n      password: demo-secret\n      project_name: demo\n      user_domain_name: Default\n      project_domain_name: Default\n    region_name: dev-2\n",
            stage.cloud.url()
        );
        user.fill("clouds.yaml or openrc", &text).await?;
        user.click("button", "Sign in").await?;
        user.see("heading", "Images").await?;
        user.see("button", like("region dev-2")).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_missing_configuration_is_said_in_words() -> Outcome {
    let own = tempfile::tempdir()?;
    let folder = own.path().to_owned();
    journey(
        "no-config",
        move |options| {
            // The built app without devcloud's own configuration: its copy says nothing about clouds.
            let dist = options.app.take().unwrap();
            for entry in std::fs::read_dir(dist).unwrap() {
                let entry = entry.unwrap();
                std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
            }
            std::fs::write(folder.join("config.json"), r#"{"clouds": []}"#).unwrap();
            options.app = Some(folder);
        },
        async |stage| {
            stage.user.open("/").await?;
            stage.user.read("It names no cloud").await
        },
    )
    .await
}
