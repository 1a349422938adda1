//! A `CTranslate2` whisper model to a `ggml` one with 8-bit weights.
//!
//! The same numbers in another order: the fused query/key/value matrices are cut apart, names change, and the file
//! also carries the mel filters and the vocabulary. Matrices become 8-bit as whisper.cpp's own tool makes them;
//! lists, position tables and convolutions stay exact.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::ct2::Tensor;
use super::{mel, quantize};

/// Numbers of each head in every whisper model.
const HEAD: usize = 64;
/// The file's first four bytes, as a number.
const MAGIC: u32 = 0x6767_6D6C;
/// Mostly 8-bit (`Q8_0`, 7), in the second version of the block layout (thousands).
const FILE_KIND: u32 = 2_007;

/// How the numbers of a tensor are written.
#[derive(Clone, Copy)]
enum Form {
    F32 = 0,
    F16 = 1,
    Q8 = 8,
}

/// Why a model could not be written.
#[derive(Debug)]
pub(super) enum ConvertError {
    /// The tensor is not there or has the wrong sizes.
    Layout,
    /// The file cannot be written.
    Io(io::Error),
}

impl From<io::Error> for ConvertError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes the model; `told` hears the bytes of weights done so far.
pub(super) fn write(
    tensors: &BTreeMap<&str, Tensor<'_>>,
    words: &[Vec<u8>],
    out: &mut dyn Write,
    told: &mut dyn FnMut(u64),
) -> Result<(), ConvertError> {
    let source = Source { tensors };
    header(&source, words, out)?;
    let mut done = 0;
    for (name, tensor) in source.renamed()? {
        done += tensor.bytes.len() as u64;
        write_tensor(&name, &tensor, out)?;
        told(done);
    }
    Ok(())
}

fn header(source: &Source<'_, '_>, words: &[Vec<u8>], out: &mut dyn Write) -> Result<(), ConvertError> {
    let width = source.size("encoder/conv1/weight", 0)?;
    let numbers = [
        source.size("decoder/embeddings/weight", 0)?,
        source.size("encoder/position_encodings/encodings", 0)?,
        width,
        width / HEAD,
        source.layers("encoder"),
        source.size("decoder/position_encodings/encodings", 0)?,
        width,
        width / HEAD,
        source.layers("decoder"),
        source.size("encoder/conv1/weight", 1)?,
    ];
    number(out, MAGIC)?;
    for value in numbers {
        count(out, value)?;
    }
    for value in [FILE_KIND, mel::BANDS, mel::FREQUENCIES] {
        number(out, value)?;
    }
    for weight in mel::filters() {
        out.write_all(&weight.to_le_bytes())?;
    }
    count(out, words.len())?;
    for word in words {
        count(out, word.len())?;
        out.write_all(word)?;
    }
    Ok(())
}

fn write_tensor(name: &str, tensor: &Tensor<'_>, out: &mut dyn Write) -> Result<(), ConvertError> {
    // whisper.cpp wants these two lists as one-column tables, and both position tables exact.
    let column = matches!(name, "encoder.conv1.bias" | "encoder.conv2.bias");
    let form = match tensor.sizes.len() {
        1 => Form::F32,
        2 if name.ends_with("positional_embedding") => Form::F32,
        2 => Form::Q8,
        _ => Form::F16,
    };
    let mut sizes = tensor.sizes.clone();
    if column {
        sizes.push(1);
    }
    count(out, sizes.len())?;
    count(out, name.len())?;
    number(out, form as u32)?;
    for size in sizes.iter().rev() {
        count(out, *size)?;
    }
    out.write_all(name.as_bytes())?;
    let mut bytes = Vec::new();
    match form {
        Form::F32 => quantize::to_f32(tensor.bytes, &mut bytes),
        Form::F16 => bytes.extend_from_slice(tensor.bytes),
        Form::Q8 => quantize::to_q8_0(tensor.bytes, &mut bytes),
    }
    Ok(out.write_all(&bytes)?)
}

fn number(out: &mut dyn Write, value: u32) -> Result<(), ConvertError> {
    Ok(out.write_all(&value.to_le_bytes())?)
}

fn count(out: &mut dyn Write, value: usize) -> Result<(), ConvertError> {
    number(out, u32::try_from(value).map_err(|_| ConvertError::Layout)?)
}

/// The tensors under their old names.
struct Source<'t, 'f> {
    tensors: &'t BTreeMap<&'t str, Tensor<'f>>,
}

type Named<'f> = Vec<(String, Tensor<'f>)>;

impl<'f> Source<'_, 'f> {
    fn get(&self, name: &str) -> Result<Tensor<'f>, ConvertError> {
        self.tensors.get(name).cloned().ok_or(ConvertError::Layout)
    }

    fn size(&self, name: &str, place: usize) -> Result<usize, ConvertError> {
        self.get(name)?.sizes.get(place).copied().ok_or(ConvertError::Layout)
    }

    fn layers(&self, side: &str) -> usize {
        (0..1_000)
            .take_while(|layer| {
                self.tensors.contains_key(format!("{side}/layer_{layer}/ffn/linear_0/bias").as_str())
            })
            .count()
    }

    fn renamed(&self) -> Result<Named<'f>, ConvertError> {
        let mut named: Named<'f> = Vec::new();
        let mut keep = |new: &str, old: &str| -> Result<(), ConvertError> {
            named.push((new.to_owned(), self.get(old)?));
            Ok(())
        };
        keep("encoder.positional_embedding", "encoder/position_encodings/encodings")?;
        for layer in ["conv1", "conv2"] {
            for kind in ["weight", "bias"] {
                keep(&format!("encoder.{layer}.{kind}"), &format!("encoder/{layer}/{kind}"))?;
            }
        }
        for layer in 0..self.layers("encoder") {
            self.block("encoder", layer, &mut named)?;
        }
        self.norm("encoder.ln_post", "encoder/layer_norm", &mut named)?;
        named.push((
            "decoder.positional_embedding".to_owned(),
            self.get("decoder/position_encodings/encodings")?,
        ));
        named.push(("decoder.token_embedding.weight".to_owned(), self.get("decoder/embeddings/weight")?));
        for layer in 0..self.layers("decoder") {
            self.block("decoder", layer, &mut named)?;
        }
        self.norm("decoder.ln", "decoder/layer_norm", &mut named)?;
        Ok(named)
    }

    fn block(&self, side: &str, layer: usize, named: &mut Named<'f>) -> Result<(), ConvertError> {
        let (old, new) = (format!("{side}/layer_{layer}"), format!("{side}.blocks.{layer}"));
        self.self_attention(&format!("{old}/self_attention"), &format!("{new}.attn"), named)?;
        self.norm(&format!("{new}.attn_ln"), &format!("{old}/self_attention/layer_norm"), named)?;
        if side == "decoder" {
            self.cross_attention(&format!("{old}/attention"), &format!("{new}.cross_attn"), named)?;
            self.norm(&format!("{new}.cross_attn_ln"), &format!("{old}/attention/layer_norm"), named)?;
        }
        self.linear(&format!("{new}.mlp.0"), &format!("{old}/ffn/linear_0"), named)?;
        self.linear(&format!("{new}.mlp.2"), &format!("{old}/ffn/linear_1"), named)?;
        self.norm(&format!("{new}.mlp_ln"), &format!("{old}/ffn/layer_norm"), named)
    }

    /// Query, key and value lie in one matrix; the key's bias is zero in whisper and has no place in `ggml`.
    fn self_attention(&self, old: &str, new: &str, named: &mut Named<'f>) -> Result<(), ConvertError> {
        let (weight, bias) =
            (self.get(&format!("{old}/linear_0/weight"))?, self.get(&format!("{old}/linear_0/bias"))?);
        let part = |of: &Tensor<'f>, index| of.part(index, 3).ok_or(ConvertError::Layout);
        named.push((format!("{new}.query.weight"), part(&weight, 0)?));
        named.push((format!("{new}.query.bias"), part(&bias, 0)?));
        named.push((format!("{new}.key.weight"), part(&weight, 1)?));
        named.push((format!("{new}.value.weight"), part(&weight, 2)?));
        named.push((format!("{new}.value.bias"), part(&bias, 2)?));
        self.linear(&format!("{new}.out"), &format!("{old}/linear_1"), named)
    }

    /// As [`Self::self_attention`], with the query apart.
    fn cross_attention(&self, old: &str, new: &str, named: &mut Named<'f>) -> Result<(), ConvertError> {
        let (weight, bias) =
            (self.get(&format!("{old}/linear_1/weight"))?, self.get(&format!("{old}/linear_1/bias"))?);
        let part = |of: &Tensor<'f>, index| of.part(index, 2).ok_or(ConvertError::Layout);
        self.linear(&format!("{new}.query"), &format!("{old}/linear_0"), named)?;
        named.push((format!("{new}.key.weight"), part(&weight, 0)?));
        named.push((format!("{new}.value.weight"), part(&weight, 1)?));
        named.push((format!("{new}.value.bias"), part(&bias, 1)?));
        self.linear(&format!("{new}.out"), &format!("{old}/linear_2"), named)
    }

    fn linear(&self, new: &str, old: &str, named: &mut Named<'f>) -> Result<(), ConvertError> {
        for kind in ["weight", "bias"] {
            named.push((format!("{new}.{kind}"), self.get(&format!("{old}/{kind}"))?));
        }
        Ok(())
    }

    fn norm(&self, new: &str, old: &str, named: &mut Named<'f>) -> Result<(), ConvertError> {
        named.push((format!("{new}.weight"), self.get(&format!("{old}/gamma"))?));
        named.push((format!("{new}.bias"), self.get(&format!("{old}/beta"))?));
        Ok(())
    }
}
