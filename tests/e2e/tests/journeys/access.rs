//! Every screen, in the states it can be in, as axe-core and a narrow window see it: light and dark, wide and 360 px; at 320 px
//! and at half of 1440 (which is 200 % zoom) nothing has to be scrolled sideways.

use std::collections::{BTreeMap, BTreeSet};

use devcloud::faults::{Action, Rule};
use devcloud::service::Service;
use serde_json::json;
use slipway_e2e::{Kind, Outcome, Stage, User, View, journey_in, like, qcow2, serve_file};
use thirtyfour::{By, Key};

const CHECKED: [(View, &str); 4] = [
    (View::light(1440, 1000), "light 1440"),
    (View::dark(1440, 1000), "dark 1440"),
    (View::light(360, 800), "light 360"),
    (View::dark(360, 800), "dark 360"),
];
const READ: [(View, &str); 2] =
    [(View::light(720, 500), "200 % of 1440"), (View::light(320, 640), "320")];

/// What was found so far: by rule and what is said about it, the elements and the screens.
#[derive(Default)]
struct Findings(BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>);

impl Findings {
    /// Looks at the screen as it is.
    async fn look(&mut self, user: &User, screen: &str) -> Outcome {
        for (view, words) in CHECKED {
            user.look_through(view).await?;
            for line in user.axe().await? {
                self.put(&line, format!("{screen} ({words})"));
            }
        }
        for (view, words) in READ {
            user.look_through(view).await?;
            if let Some(line) = user.sideways().await? {
                self.put(&format!("too wide\t{line}"), format!("{screen} ({words})"));
            }
        }
        user.look_through(View::light(1440, 1000)).await
    }

    fn put(&mut self, line: &str, screen: String) {
        let (what, element) = line.split_once('\t').unwrap_or((line, ""));
        let (elements, screens) = self.0.entry(what.to_owned()).or_default();
        elements.insert(element.to_owned());
        screens.insert(screen);
    }

    fn end(self) -> Outcome {
        if self.0.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|(what, (elements, screens))| {
                let some = |all: &BTreeSet<String>, most: usize, between: &str| {
                    let shown: Vec<&str> = all.iter().take(most).map(String::as_str).collect();
                    let more = all.len().saturating_sub(most);
                    let more =
                        if more > 0 { format!("{between}and {more} more") } else { String::new() };
                    shown.join(between) + more.as_str()
                };
                format!(
                    "- {what}\n    {}\n  on {}",
                    some(elements, 4, "\n    "),
                    some(screens, 8, ", ")
                )
            })
            .collect();
        Err(format!("{} findings:\n{}", lines.len(), lines.join("\n")).into())
    }
}

/// A walk on which findings are gathered and told together at its end. Chromium only: the window's width and what the
/// user prefers are set through its DevTools.
async fn walk(name: &str, walk: impl AsyncFnOnce(&Stage, &mut Findings) -> Outcome) -> Outcome {
    journey_in(
        Kind::Chromium,
        name,
        |_| {},
        async |stage| {
            let mut findings = Findings::default();
            walk(stage, &mut findings).await?;
            findings.end()
        },
    )
    .await
}

fn slow_upload(stage: &Stage) {
    let slow = Action::SlowBody { bytes_per_second: 100_000 };
    stage.cloud.faults().add(Rule::new(Service::Image, "PUT", "/v2/images/*/file", slow));
}

#[tokio::test]
async fn signing_in() -> Outcome {
    walk("access-sign-in", async |stage, seen| {
        let user = &stage.user;
        user.open("/").await?;
        user.see("button", "Sign in").await?;
        seen.look(user, "sign in with a password").await?;
        user.click("button", "Sign in").await?;
        user.read("Type your password.").await?;
        seen.look(user, "sign in with nothing typed").await?;
        user.fill("User", "demo").await?;
        user.fill("Password", "wrong").await?;
        user.click("button", "Sign in").await?;
        user.read("User, password or domain is wrong").await?;
        seen.look(user, "wrong password").await?;
        user.click("tab", like("redential")).await?;
        user.field("Secret").await?;
        seen.look(user, "sign in with an application credential").await?;
        user.click("tab", "clouds.yaml").await?;
        user.field("clouds.yaml or openrc").await?;
        seen.look(user, "sign in with clouds.yaml").await?;
        user.open("/").await?;
        user.fill("User", "demo").await?;
        user.fill("Password", "demo-secret").await?;
        user.click("button", "Sign in").await?;
        user.see("heading", "Choose a project").await?;
        seen.look(user, "choose a project").await?;
        user.open("/").await?;
        user.fill("User", "totp").await?;
        user.fill("Password", "demo-secret").await?;
        user.click("button", "Sign in").await?;
        user.field("One-time code").await?;
        seen.look(user, "one-time code").await
    })
    .await
}

#[tokio::test]
async fn the_list_of_images() -> Outcome {
    walk("access-images", async |stage, seen| {
        let user = &stage.user;
        user.sign_in("demo", "demo-secret", "demo").await?;
        for (tab, first) in [
            ("public", "debian-12"),
            ("private", "erp-golden"),
            ("shared", "nordic-base-8"),
            ("community", "k3s-node"),
            ("all", "debian-12"),
        ] {
            user.open(&format!("/images?tab={tab}")).await?;
            user.see("link", like(first)).await?;
            seen.look(user, &format!("images, {tab}")).await?;
        }
        user.open("/images?q=nothing-is-called-this").await?;
        user.gone("link", like("debian-12")).await?;
        user.see("heading", "Images").await?;
        seen.look(user, "images, nothing found").await?;

        user.open("/images?tab=private").await?;
        user.see("link", like("erp-golden-2026.10")).await?;
        user.click("button", like("Actions for erp-golden-2026.10")).await?;
        user.see("button", like("Delete")).await?;
        seen.look(user, "the menu of an image").await?;
        user.open("/images?tab=private").await?;
        user.click("button", like("Actions for web-1-before-upgrade")).await?;
        user.click("button", like("Delete")).await?;
        user.see("heading", like("Delete web-1-before-upgrade")).await?;
        seen.look(user, "asking before an image is deleted").await?;

        user.open("/images?tab=private").await?;
        for name in ["web-1-before-upgrade", "build-agent-7"] {
            user.click("checkbox", format!("Select {name}")).await?;
        }
        seen.look(user, "several images selected").await?;
        user.click("button", "More for the selected images").await?;
        seen.look(user, "the menu of several images").await?;
        user.open("/images?tab=private").await?;
        user.click("button", "Choose columns").await?;
        user.see("checkbox", "Format").await?;
        seen.look(user, "choosing columns").await?;
        user.open("/images?tab=private").await?;
        user.click("button", like("Status")).await?;
        user.see("checkbox", like("Active")).await?;
        seen.look(user, "choosing a status").await?;

        let failing =
            Action::Status { status: 503, message: "Away.".into(), headers: Default::default() };
        stage.cloud.faults().add(Rule::new(Service::Image, "GET", "/v2/images", failing));
        user.open("/images").await?;
        user.see("button", "Try again").await?;
        seen.look(user, "images, the cloud fails").await?;
        stage.cloud.faults().clear();
        stage.cloud.faults().add(Rule::new(
            Service::Image,
            "GET",
            "/v2/images",
            Action::Delay { ms: 30_000 },
        ));
        user.open("/images").await?;
        user.see("heading", "Images").await?;
        seen.look(user, "images, waiting for the cloud").await
    })
    .await
}

#[tokio::test]
async fn an_image() -> Outcome {
    walk("access-image", async |stage, seen| {
        let user = &stage.user;
        user.sign_in("demo", "demo-secret", "demo").await?;
        for (tab, name) in [
            ("public", "debian-12-x86_64"),
            ("private", "erp-golden-2026.10"),
            ("private", "web-1-before-upgrade"),
            ("private", "erp-golden-2025.11"),
            ("private", "upload-that-was-broken-off"),
            ("shared", "nordic-base-9"),
        ] {
            user.open(&format!("/images?tab={tab}&q={name}")).await?;
            user.click("link", name).await?;
            user.see("heading", name).await?;
            seen.look(user, &format!("image {name}")).await?;
        }
        user.open("/images?tab=private&q=build-agent-7").await?;
        user.click("link", "build-agent-7").await?;
        user.click("button", like("Actions for build-agent-7")).await?;
        user.see("button", like("Delete")).await?;
        seen.look(user, "the menu of an image's page").await?;
        user.open("/images?tab=private&q=build-agent-7").await?;
        user.click("link", "build-agent-7").await?;
        user.click("button", "Share").await?;
        user.see("button", "Close").await?;
        seen.look(user, "sharing an image").await?;
        user.click("button", "Close").await?;
        user.click("link", "Edit").await?;
        user.field("Name").await?;
        seen.look(user, "editing an image").await?;
        let id = user.path().await?.split('/').nth(2).ok_or("no id")?.to_owned();
        user.fill("Name", "build-agent-mine").await?;
        rename_beside(stage, &id, "build-agent-theirs").await?;
        user.click("button", "Save").await?;
        user.read("Somebody else changed the same while you were editing").await?;
        seen.look(user, "an edit that a colleague's has come before").await?;
        user.open("/images?tab=private&q=web-1-before-upgrade").await?;
        user.click("link", "web-1-before-upgrade").await?;
        user.click("button", like("Actions for web-1-before-upgrade")).await?;
        user.click("button", "Download").await?;
        user.read("openstack image save").await?;
        seen.look(user, "asking how an image is saved to this computer").await?;
        user.open("/images/00000000-0000-4000-8000-000000000000").await?;
        user.read("There is no image with this id").await?;
        seen.look(user, "no such image").await?;
        user.open("/nowhere").await?;
        user.see("heading", "No such page").await?;
        seen.look(user, "no such page").await
    })
    .await
}

/// A colleague gives an image another name.
async fn rename_beside(stage: &Stage, id: &str, name: &str) -> Outcome {
    let changes = json!([{ "op": "replace", "path": "/name", "value": name }]);
    stage.api().await?.change_image(id, changes).await
}

#[tokio::test]
async fn every_main_page_in_swedish() -> Outcome {
    walk("access-swedish", async |stage, seen| {
        let user = &stage.user;
        let path = qcow2(stage.folder.path(), "golden.qcow2", 1).await?;
        user.open("/").await?;
        user.click("button", "Svenska").await?;
        user.see("heading", "Logga in på Slipway").await?;
        seen.look(user, "sign in, in Swedish").await?;
        user.fill("Användare", "demo").await?;
        user.fill("Lösenord", "demo-secret").await?;
        user.click("button", "Logga in").await?;
        user.see("heading", "Välj projekt").await?;
        user.click("button", "demo").await?;
        user.see("heading", "Avbilder").await?;
        user.see("link", like("debian-12")).await?;
        seen.look(user, "images, in Swedish").await?;
        user.open("/images?tab=private&q=build-agent-7").await?;
        user.click("link", "build-agent-7").await?;
        user.see("heading", "build-agent-7").await?;
        seen.look(user, "an image, in Swedish").await?;
        user.click("link", "Redigera").await?;
        user.field("Namn").await?;
        seen.look(user, "editing an image, in Swedish").await?;
        user.open("/images/create").await?;
        user.see("heading", "Skapa avbild").await?;
        user.driver()
            .find(By::Css("input[type=file]"))
            .await?
            .send_keys(path.display().to_string())
            .await?;
        user.read("golden.qcow2").await?;
        seen.look(user, "create, in Swedish").await?;
        user.open("/instances").await?;
        user.see("heading", "Instanser").await?;
        seen.look(user, "instances, in Swedish").await?;
        user.open("/images?q=cirros").await?;
        user.click("link", like("Starta cirros")).await?;
        user.field("Namn").await?;
        seen.look(user, "launch, in Swedish").await
    })
    .await
}

#[tokio::test]
async fn creating_an_image() -> Outcome {
    walk("access-create", async |stage, seen| {
        let user = &stage.user;
        let path = qcow2(stage.folder.path(), "golden.qcow2", 4).await?;
        user.sign_in("demo", "demo-secret", "demo").await?;
        user.open("/images/create").await?;
        user.see("heading", "Create image").await?;
        seen.look(user, "create, before a file").await?;
        user.click("button", "Create image").await?;
        user.read("Not yet").await?;
        seen.look(user, "create, with something missing").await?;
        user.open("/images/create").await?;
        user.pick_file("Disk image file", &path).await?;
        user.read("golden.qcow2").await?;
        seen.look(user, "create, a file read").await?;
        user.field("Operating system").await?.click().await?;
        user.see("option", like("Debian")).await?;
        seen.look(user, "create, the systems to choose from").await?;
        user.press(Key::Escape).await?;
        let notes = stage.folder.path().join("notes.qcow2");
        tokio::fs::write(&notes, vec![b'x'; 100_000]).await?;
        user.pick_file("Disk image file", &notes).await?;
        user.read("notes.qcow2").await?;
        seen.look(user, "create, a file that is no image").await?;
        user.click("radio", "URL").await?;
        user.field("Address").await?;
        seen.look(user, "create, from a URL").await?;
        user.fill("Address", "ftp://example.org/x").await?;
        user.read("only from http:// and https://").await?;
        seen.look(user, "create, a URL that will not do").await
    })
    .await
}

#[tokio::test]
async fn launching_and_instances() -> Outcome {
    walk("access-instances", async |stage, seen| {
        let user = &stage.user;
        user.sign_in("demo", "demo-secret", "demo").await?;
        user.open("/instances").await?;
        user.see("heading", "Instances").await?;
        user.gone("heading", like("Loading")).await?;
        seen.look(user, "no instances").await?;
        user.open("/instances/launch").await?;
        user.see("heading", like("Launch")).await?;
        seen.look(user, "launch, no image chosen").await?;
        user.open("/images?q=cirros").await?;
        user.click("link", like("Launch cirros")).await?;
        user.field("Name").await?;
        seen.look(user, "launch").await?;
        user.fill("Name", "web-1").await?;
        user.click("button", like("Launch")).await?;
        user.see("heading", "web-1").await?;
        seen.look(user, "an instance being built").await?;
        user.read("Active").await?;
        seen.look(user, "an instance").await?;
        user.click("button", "More actions").await?;
        user.see("button", like("Delete")).await?;
        seen.look(user, "the menu of an instance's page").await?;
        user.click("button", like("Delete")).await?;
        user.see("button", "Delete instance").await?;
        seen.look(user, "asking before an instance is deleted").await?;
        user.open("/instances").await?;
        user.see("link", "web-1").await?;
        seen.look(user, "instances").await?;
        user.open("/images?q=cirros").await?;
        user.click("link", like("Launch cirros")).await?;
        user.fill("Name", "fail-no-valid-host").await?;
        user.click("button", like("Launch")).await?;
        user.read("No valid host was found").await?;
        seen.look(user, "an instance that failed").await
    })
    .await
}

#[tokio::test]
async fn the_check_of_the_cloud() -> Outcome {
    walk("access-check", async |stage, seen| {
        let user = &stage.user;
        user.open("/check").await?;
        user.read("Nothing stands in the way").await?;
        seen.look(user, "the check, signed out").await?;
        let down = Rule::new(Service::Network, "GET", "/**", Action::ResetBeforeBody);
        stage.cloud.faults().add(down);
        user.sign_in("demo", "demo-secret", "demo").await?;
        user.open("/check").await?;
        user.read("Something stands in the way").await?;
        seen.look(user, "the check, signed in, with a service that is down").await
    })
    .await
}

#[tokio::test]
async fn what_floats_over_the_pages() -> Outcome {
    walk("access-floating", async |stage, seen| {
        let user = &stage.user;
        let path = qcow2(stage.folder.path(), "slow.qcow2", 20).await?;
        user.sign_in("demo", "demo-secret", "demo").await?;
        user.see("link", like("debian-12")).await?;
        user.click("button", like("Signed in until")).await?;
        user.see("button", "Sign out").await?;
        seen.look(user, "the person's menu").await?;
        user.open("/images?tab=private").await?;
        user.click("button", like("Project demo")).await?;
        user.see("button", "other").await?;
        seen.look(user, "the project's menu").await?;
        user.open("/images?tab=private").await?;
        user.click("button", "Find or do").await?;
        user.see("combobox", "Find or do").await?;
        seen.look(user, "the palette, empty").await?;
        user.fill("Find or do", "erp").await?;
        user.see("option", like("erp-golden-2026.10")).await?;
        seen.look(user, "the palette, something found").await?;
        user.fill("Find or do", "nothing is called this").await?;
        user.read("Nothing is called that").await?;
        seen.look(user, "the palette, nothing found").await?;

        user.open("/images?tab=private").await?;
        user.click("button", like("Actions for erp-golden-2026.10")).await?;
        user.click("button", "Unprotect").await?;
        user.read("can be deleted again").await?;
        seen.look(user, "a toast").await?;

        slow_upload(stage);
        user.open("/images/create").await?;
        user.pick_file("Disk image file", &path).await?;
        user.read("slow.qcow2").await?;
        user.click("button", "Create image").await?;
        user.see("heading", "slow").await?;
        user.see("button", "Cancel slow").await?;
        seen.look(user, "an image being uploaded, and the tray").await?;
        user.click("button", "Cancel slow").await?;
        user.see("button", "Cancel the upload").await?;
        seen.look(user, "asking before an upload is cancelled").await
    })
    .await
}

#[tokio::test]
async fn a_failed_import_and_the_sign_in_again() -> Outcome {
    walk("access-again", async |stage, seen| {
        let user = &stage.user;
        let path = qcow2(stage.folder.path(), "served.qcow2", 1).await?;
        let url = serve_file(&path).await?;
        user.sign_in("demo", "demo-secret", "demo").await?;
        user.open("/images/create").await?;
        user.click("radio", "URL").await?;
        user.fill("Address", &url).await?;
        user.fill("Name", "fail-import-1").await?;
        user.choose("Disk format", "qcow2").await?;
        user.click("button", "Create image").await?;
        user.read("could not import it").await?;
        seen.look(user, "an import that failed").await?;
        let refused = Action::Status {
            status: 401,
            message: "Unauthorized".into(),
            headers: Default::default(),
        };
        stage.cloud.faults().add(Rule::new(Service::Image, "GET", "/v2/images", refused));
        user.click("link", "Images").await?;
        user.read("Sign in again as demo").await?;
        seen.look(user, "signing in again").await
    })
    .await
}
