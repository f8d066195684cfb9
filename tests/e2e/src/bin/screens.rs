//! Takes the screens of docs/screens/: the main pages, light and dark, some of them as on a phone. `tools/screens` calls it.
//!
//! What is on them is made as a person makes it, in a cloud of its own: nothing is drawn for the picture.

use std::path::{Path, PathBuf};

use serde_json::json;
use slipway_e2e::{Kind, Outcome, Stage, Trouble, User, View, disk_with_debian, journey_in, like};

const WIDE: [(&str, View); 2] =
    [("light", View::light(1440, 900)), ("dark", View::dark(1440, 900))];
const PHONE: [(&str, View); 2] =
    [("phone-light", View::light(360, 740)), ("phone-dark", View::dark(360, 740))];

#[tokio::main]
async fn main() -> Outcome {
    let folder =
        PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "docs/screens".to_owned()));
    tokio::fs::create_dir_all(&folder).await?;
    journey_in(Kind::Chromium, "screens", |_| {}, async |stage| walk(stage, &folder).await).await
}

async fn walk(stage: &Stage, folder: &Path) -> Outcome {
    let user = &stage.user;
    let disk = disk_with_debian(stage.folder.path(), "erp-golden-2026.11.qcow2").await?;
    user.driver()
        .cdp()
        .send_raw("Emulation.setScrollbarsHidden", json!({ "hidden": true }))
        .await?;
    user.look_through(View::light(1440, 900)).await?;
    user.open("/").await?;
    user.see("button", "Sign in").await?;
    take(user, folder, "login", &WIDE).await?;

    user.sign_in("demo", "demo-secret", "demo").await?;
    user.see("link", like("debian-12")).await?;
    for (image, name) in [
        ("debian-13-x86_64", "erp-app-1"),
        ("ubuntu-24.04-x86_64", "erp-db-1"),
        ("cirros-0.6.3-x86_64", "probe"),
    ] {
        user.open(&format!("/images?tab=public&q={image}")).await?;
        user.click("link", like(&format!("Launch {image}"))).await?;
        user.field("Name").await?;
        if name == "erp-app-1" {
            user.fill("Name", name).await?;
            take(user, folder, "launch", &WIDE).await?;
        }
        user.fill("Name", name).await?;
        user.click("button", like("Launch")).await?;
        user.see("heading", name).await?;
        user.read("Active").await?;
        if name == "erp-app-1" {
            take(user, folder, "instance", &WIDE).await?;
        }
    }
    user.open("/instances").await?;
    user.see("link", "probe").await?;
    take(user, folder, "instances", &WIDE).await?;

    user.open("/images/create").await?;
    user.pick_file("Disk image file", &disk).await?;
    user.read("Debian").await?;
    take(user, folder, "create", &WIDE).await?;
    take(user, folder, "create", &PHONE).await?;
    user.click("button", "Create image").await?;
    user.see("heading", "erp-golden-2026.11").await?;
    user.read("Equal, all").await?;
    take(user, folder, "image", &WIDE).await?;
    take(user, folder, "image", &PHONE).await?;

    user.open("/images?tab=all").await?;
    user.see("link", like("debian-13")).await?;
    take(user, folder, "images", &WIDE).await?;
    take(user, folder, "images", &PHONE).await?;
    user.click("button", "Find or do").await?;
    user.fill("Find or do", "erp").await?;
    user.see("option", like("erp-app-1")).await?;
    take(user, folder, "palette", &WIDE).await
}

/// One picture per view, named `images-dark.png`.
async fn take(
    user: &User,
    folder: &Path,
    name: &str,
    views: &[(&str, View)],
) -> Result<(), Trouble> {
    for (words, view) in views {
        user.look_through(*view).await?;
        user.driver().execute("scrollTo(0, 0)", vec![]).await?;
        user.driver().screenshot(&folder.join(format!("{name}-{words}.png"))).await?;
    }
    user.look_through(View::light(1440, 900)).await
}
