//! The links of pages and of the site.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::TaskError;

/// Returns the relative targets of a Markdown text, without their anchors.
pub(super) fn relative_targets(text: &str) -> Vec<String> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = links.filter(|link| !link.contains("://") && !link.contains(' '));
    targets
        .map(|link| link.split('#').next().unwrap_or_default().to_owned())
        .filter(|target| !target.is_empty())
        .collect()
}

/// Returns the links of all pages of a site that lead to no file, or to no place in it. Links into the
/// folders `elsewhere` are not followed.
pub(super) fn dead_links(site: &Path, elsewhere: &[&str]) -> Result<Vec<String>, TaskError> {
    let mut texts = BTreeMap::new();
    let mut folders = vec![site.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "html") {
                texts.insert(path.clone(), fs::read_to_string(path)?);
            }
        }
    }
    let mut dead = Vec::new();
    for (page, text) in &texts {
        // The page for addresses that are unknown is served at any depth, and the one that holds all
        // pages repeats their links.
        if page.ends_with("404.html") || page.ends_with("print.html") || page.ends_with("toc.html")
        {
            continue;
        }
        for link in hrefs(text) {
            let leads_elsewhere = link.contains("://")
                || link.starts_with("data:")
                || link.starts_with("mailto:")
                || elsewhere.iter().any(|folder| link.contains(folder));
            if !leads_elsewhere && !leads_somewhere(page, link, &texts) {
                let page = page.strip_prefix(site).unwrap_or(page);
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    Ok(dead)
}

fn hrefs(text: &str) -> impl Iterator<Item = &str> {
    text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

fn leads_somewhere(page: &Path, link: &str, texts: &BTreeMap<PathBuf, String>) -> bool {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target =
        if path.is_empty() { page.to_owned() } else { page.parent().unwrap_or(page).join(path) };
    let Ok(target) = target.canonicalize() else { return false };
    let target = if target.is_dir() { target.join("index.html") } else { target };
    if anchor.is_empty() {
        return target.exists();
    }
    // An anchor of another file than a page is none of ours.
    let Ok(page) = page.canonicalize() else { return false };
    let text = if target == page { texts.get(&page) } else { texts.get(&target) };
    text.is_none_or(|text| text.contains(&format!("id=\"{anchor}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_and_without_anchor() {
        let text = "[a](x.md) [b](../y.rs#L3) [c](https://example.com) [d](#here) `f](g h)`";
        assert_eq!(relative_targets(text), ["x.md", "../y.rs"]);
    }

    #[test]
    fn a_link_without_a_file_or_a_place_is_dead() {
        let site = std::env::temp_dir().join(format!("digital-key-links-{}", std::process::id()));
        fs::create_dir_all(&site).unwrap();
        let page = "<a href=\"b.html#there\"> <a href=\"b.html#gone\"> <a href=\"c.html\"> \
                    <a href=\"https://example.com/\"> <a href=\"playground/\">";
        fs::write(site.join("a.html"), page).unwrap();
        fs::write(site.join("b.html"), "<h2 id=\"there\">").unwrap();
        let dead = dead_links(&site, &["playground/"]).unwrap();
        fs::remove_dir_all(&site).unwrap();
        assert_eq!(dead, ["a.html: b.html#gone", "a.html: c.html"]);
    }
}
