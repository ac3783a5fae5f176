//! The documentation as one site, by mdBook: every page that the repository has, with a search, and the
//! playground inside.
//!
//! The pages keep their places, so that a link works on the site as it does between the files. A file that
//! a page links to and that is no page is copied beside it.

mod links;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::command::{program, target_folder, workspace_root};
use crate::{Outcome, TaskError, playground};

/// The pages in their order; a page that it does not name is listed at its end.
const SUMMARY: &str = "docs/SUMMARY.md";

/// The folders and files that hold pages.
const PAGES: &[&str] =
    &["docs", "crates", "README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/// Builds the site with the playground inside, and checks its links.
pub(crate) fn write() -> Result<(), TaskError> {
    let site = match build()? {
        Outcome::Passed => site(),
        Outcome::Skipped(reason) => return Err(reason.into()),
    };
    playground::write(&site, |program| program)?;
    println!("The site is in {}", site.display());
    Ok(())
}

/// Builds the site without the playground, and checks its links.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    build()
}

fn site() -> PathBuf {
    target_folder().join("docs-site")
}

fn build() -> Result<Outcome, TaskError> {
    if program("mdbook", "--version").output().is_err() {
        return Ok(Outcome::Skipped("no mdbook; `cargo install --locked mdbook` adds it".into()));
    }
    let book = target_folder().join("docs-book");
    if book.exists() {
        fs::remove_dir_all(&book)?;
    }
    let listing = program("git", "ls-files --cached --others --exclude-standard").output()?;
    let pages = pages(&listing);
    lay_out(&pages, &book)?;
    program("mdbook", "build --dest-dir").argument(site()).argument(&book).run()?;
    let dead = links::dead_links(&site(), &["playground/"])?;
    if dead.is_empty() {
        return Ok(Outcome::Passed);
    }
    Err(format!("these links of the site lead nowhere:\n{}", dead.join("\n")).into())
}

/// Returns the pages of the repository: its Markdown files, without those that Xcode reads.
fn pages(listing: &str) -> BTreeSet<&str> {
    let is_page = |file: &&str| {
        file.ends_with(".md")
            && *file != SUMMARY
            && !file.contains(".docc/")
            && PAGES.iter().any(|place| Path::new(file).starts_with(place))
    };
    listing.lines().filter(is_page).collect()
}

/// Copies the pages and what they link to, and writes the summary.
fn lay_out(pages: &BTreeSet<&str>, book: &Path) -> Result<(), TaskError> {
    let root = workspace_root();
    let source = book.join("src");
    for page in pages {
        let mut text = fs::read_to_string(root.join(page))?;
        if *page == "crates/playground/README.md" {
            text += "\n[Open the playground of this site](../../playground/index.html)\n";
        }
        for target in links::relative_targets(&text) {
            let Some(file) = resolve(page, &target) else { continue };
            if root.join(&file).is_file() && !pages.contains(file.as_str()) {
                put(&source.join(&file), &fs::read(root.join(&file))?)?;
            }
        }
        put(&source.join(with_index(page)), with_index(&text).as_bytes())?;
    }
    put(&source.join("SUMMARY.md"), with_index(&summary(pages)?).as_bytes())?;
    put(&book.join("book.toml"), &fs::read(root.join("docs/book.toml"))?)
}

/// Returns a text whose links, or a path whose end, name a README as the site does: it is the index of its
/// folder there.
fn with_index(text: &str) -> String {
    let text = text.replace("README.md)", "index.md)").replace("README.md#", "index.md#");
    match text.strip_suffix("README.md") {
        Some(folder) => format!("{folder}index.md"),
        None => text,
    }
}

/// Returns the summary with links from the root, and the pages that it does not name at its end.
fn summary(pages: &BTreeSet<&str>) -> Result<String, TaskError> {
    let text = fs::read_to_string(workspace_root().join(SUMMARY))?;
    let mut named = BTreeSet::new();
    let mut summary = String::new();
    for line in text.lines() {
        let link =
            line.split_once("](").and_then(|(words, rest)| Some((words, rest.split_once(')')?)));
        match link {
            Some((words, (target, _))) => {
                let page = resolve(SUMMARY, target).ok_or("a link of the summary leads outside")?;
                if !pages.contains(page.as_str()) {
                    return Err(format!("{SUMMARY} names {page}, which is no page").into());
                }
                summary += &format!("{words}]({page})\n");
                named.insert(page);
            }
            None => summary += &format!("{line}\n"),
        }
    }
    summary += "\n# More pages\n\n";
    for page in pages.iter().filter(|page| !named.contains(**page)) {
        summary += &format!("- [{}]({page})\n", title(page)?);
    }
    Ok(summary)
}

fn title(page: &str) -> Result<String, TaskError> {
    let text = fs::read_to_string(workspace_root().join(page))?;
    let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(page);
    Ok(title.replace(['[', ']'], ""))
}

/// Returns the path from the root that a link of a page means; `None` if it leads out of the repository.
fn resolve(page: &str, target: &str) -> Option<String> {
    let mut path = PathBuf::from(page);
    path.pop();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::Normal(name) => path.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path.to_str().map(str::to_owned)
}

fn put(file: &Path, content: &[u8]) -> Result<(), TaskError> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, content)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_means_a_path_from_the_root() {
        for (page, target, expected) in [
            ("docs/README.md", "rules.md", Some("docs/rules.md")),
            ("docs/adr/README.md", "../../SECURITY.md", Some("SECURITY.md")),
            ("docs/README.md", "../crates/x/README.md", Some("crates/x/README.md")),
            ("README.md", "../outside.md", None),
        ] {
            assert_eq!(resolve(page, target).as_deref(), expected, "{page} {target}");
        }
    }

    #[test]
    fn a_readme_is_the_index_of_its_folder() {
        assert_eq!(with_index("docs/README.md"), "docs/index.md");
        let text = "[a](README.md), [b](x/README.md#c), `README.md` and [d](READ.md)";
        let expected = "[a](index.md), [b](x/index.md#c), `README.md` and [d](READ.md)";
        assert_eq!(with_index(text), expected);
    }

    #[test]
    fn pages_are_the_markdown_files_of_the_repository() {
        let listing =
            "docs/rules.md\ndocs/SUMMARY.md\nREADME.md\n.github/x.md\ncrates/a/README.md\nx.rs";
        let pages: Vec<_> = pages(listing).into_iter().collect();
        assert_eq!(pages, ["README.md", "crates/a/README.md", "docs/rules.md"]);
    }
}
