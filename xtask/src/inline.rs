//! The forms of the package that are one file each: loader, glue and module, the module compressed and in base64.
//!
//! Their sources are in pkg/inline/; esbuild, which is a tool here anyway, joins what they import.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result};
use zopfli::{BlockType, GzipEncoder, Options};

use crate::{job::Job, tools, tree};

/// What it begins with: whoever meets the file alone should know what it is.
const BANNER: &str = "/*! wa-presence, MIT OR Apache-2.0; what it is built from: THIRD-PARTY-LICENSES.md */";
/// Importable: nothing older runs the module.
const TARGET: &str = "es2022";

/// One such file: its source in pkg/inline/, what it becomes in pkg/dist/, and the module in it.
struct Form {
    source: &'static str,
    out: &'static str,
    module: &'static str,
}

const FORMS: [Form; 3] = [
    Form { source: "index.js", out: "inline.js", module: tree::OUT_NAME },
    Form { source: "hosted.js", out: "inline-hosted.js", module: tree::HOSTED_OUT_NAME },
    Form { source: "webhook.js", out: "inline-webhook.js", module: tree::WEBHOOK_OUT_NAME },
];

/// Writes them, from the modules as they are in pkg/dist.
pub(crate) fn write() -> Result<()> {
    for form in FORMS {
        let compressed = tree::scratch()?.join(format!("{}.gz", form.module));
        compress(&tree::dist().join(format!("{}_bg.wasm", form.module)), &compressed)?;
        bundle(&form, &compressed)?;
    }
    Ok(())
}

/// By zopfli: what is compressed once and unpacked by everybody may take its time.
fn compress(module: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(module).with_context(|| format!("{} cannot be read", tree::shown(module)))?;
    let mut encoder = GzipEncoder::new_buffered(Options::default(), BlockType::Dynamic, Vec::new())?;
    encoder.write_all(&bytes)?;
    let compressed = encoder.into_inner().map_err(|error| error.into_error())?.finish()?;
    fs::write(to, compressed).with_context(|| format!("{} cannot be written", to.display()))
}

fn bundle(form: &Form, compressed: &Path) -> Result<()> {
    let source = tree::root().join("pkg/inline").join(form.source);
    Job::new(format!("joining {}", form.out), tools::js("esbuild")?)
        .args([source])
        .args(["--bundle", "--minify", "--format=esm", "--platform=neutral", "--log-level=warning"])
        .args(["--external:node:*", "--external:./inline-hosted.js", "--loader:.gz=base64"])
        .args([format!("--target={TARGET}"), format!("--banner:js={BANNER}")])
        .args([format!("--alias:module.gz={}", compressed.display())])
        .args([format!("--outfile={}", tree::dist().join(form.out).display())])
        .run()?;
    Ok(())
}
