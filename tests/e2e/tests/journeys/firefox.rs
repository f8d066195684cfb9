//! The journeys that matter most in Firefox as well, whatever browser the others run in.

use slipway_e2e::{Kind, Outcome, journey_in, like, qcow2};

#[tokio::test]
async fn sign_in_list_and_image() -> Outcome {
    journey_in(
        Kind::Firefox,
        "firefox-list",
        |_| {},
        async |stage| {
            let user = &stage.user;
            user.open("/").await?;
            user.fill("User", "demo").await?;
            user.fill("Password", "not-it").await?;
            user.click("button", "Sign in").await?;
            user.read("User, password or domain is wrong").await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.see("link", like("debian-12")).await?;
            user.fill("Search images", "windows").await?;
            user.gone("link", like("ubuntu")).await?;
            user.at("the search in the address", |path| path.contains("windows")).await?;
            user.open("/images?tab=private").await?;
            // Menus stand where their button is, also where CSS cannot say so.
            user.click("button", like("Actions for erp-golden-2026.10")).await?;
            user.click("button", "Unprotect").await?;
            user.read("can be deleted again").await?;
            user.click("link", "erp-golden-2026.10").await?;
            user.see("heading", "erp-golden-2026.10").await?;
            Ok(())
        },
    )
    .await
}

#[tokio::test]
async fn from_a_file_to_a_running_instance() -> Outcome {
    journey_in(
        Kind::Firefox,
        "firefox-launch",
        |_| {},
        async |stage| {
            let user = &stage.user;
            let path = qcow2(stage.folder.path(), "golden.qcow2", 24).await?;
            user.sign_in("demo", "demo-secret", "demo").await?;
            user.open("/images/create").await?;
            user.pick_file("Disk image file", &path).await?;
            user.read("golden.qcow2").await?;
            user.click("button", "Create image").await?;
            user.see("heading", "golden").await?;
            user.read("SHA-512 equal").await?;
            user.click("link", "Launch").await?;
            user.see("heading", like("Launch from golden")).await?;
            user.fill("Name", "fox-1").await?;
            user.click("button", like("Launch")).await?;
            user.see("heading", "fox-1").await?;
            user.read("Active").await?;
            user.click("link", "Instances").await?;
            user.see("link", "fox-1").await?;
            Ok(())
        },
    )
    .await
}
