//! Numbers in 16 and in 8 bits, as the `ggml` library lays them out.

/// Weights that share one scale.
const BLOCK: usize = 32;

/// Reads a half-precision number (IEEE 754 binary16).
pub(super) fn half_to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let exponent = u32::from(bits >> 10 & 0x1F);
    let fraction = u32::from(bits & 0x3FF);
    match exponent {
        0 => {
            // 2^-24 for each step below the smallest normal number.
            let size = f32::from(bits & 0x3FF) / 16_777_216.0;
            f32::from_bits(size.to_bits() | sign)
        }
        31 => f32::from_bits(sign | 0x7F80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// Writes a number in half precision, rounded to the nearest, ties to even.
pub(super) fn f32_to_half(number: f32) -> u16 {
    let bits = number.to_bits();
    let sign = (bits >> 16 & 0x8000).to_le_bytes();
    let sign = u16::from_le_bytes([sign[0], sign[1]]);
    let size = bits & 0x7FFF_FFFF;
    let rounded = if size >= 0x7F80_0000 {
        if size > 0x7F80_0000 { 0x7E00 } else { 0x7C00 }
    } else if size >= 0x4780_0000 {
        0x7C00
    } else if size >= 0x3880_0000 {
        let even = size >> 13 & 1;
        (size - 0x3800_0000 + 0x0FFF + even) >> 13
    } else {
        // Below the smallest normal number: count steps of 2^-24; adding and taking away a large number rounds.
        let steps = (f32::from_bits(size) * 16_777_216.0 + 8_388_608.0).to_bits();
        steps & 0x7FF
    };
    let low = rounded.to_le_bytes();
    sign | u16::from_le_bytes([low[0], low[1]])
}

/// Half-precision weights to blocks of 8-bit ones: a half-precision scale and 32 bytes a block (`ggml`'s `Q8_0`).
/// The bytes after the last whole block are left out; no row of a model has such.
pub(super) fn to_q8_0(weights: &[u8], out: &mut Vec<u8>) {
    for block in weights.chunks_exact(2 * BLOCK) {
        let mut numbers = [0.0_f32; BLOCK];
        for (number, pair) in numbers.iter_mut().zip(block.as_chunks().0) {
            *number = half_to_f32(u16::from_le_bytes(*pair));
        }
        let largest = numbers.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
        let scale = largest / 127.0;
        let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
        out.extend(f32_to_half(scale).to_le_bytes());
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a number divided by the largest one lies within ±127"
        )]
        out.extend(numbers.iter().map(|number| ((number * inverse).round() as i8).cast_unsigned()));
    }
}

/// Half-precision numbers to single-precision ones.
pub(super) fn to_f32(halves: &[u8], out: &mut Vec<u8>) {
    out.extend(
        halves.as_chunks().0.iter().flat_map(|pair| half_to_f32(u16::from_le_bytes(*pair)).to_le_bytes()),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_precision_number_survives_the_way_there_and_back() {
        for bits in 0..=u16::MAX {
            let number = half_to_f32(bits);
            if !number.is_nan() {
                assert_eq!(f32_to_half(number), bits, "{number}");
            }
        }
    }

    #[test]
    fn known_numbers_have_their_known_bits() {
        for (bits, number) in [
            (0x3C00, 1.0),
            (0xC000, -2.0),
            (0x7BFF, 65_504.0),
            (0x0400, 6.103_515_6e-5),
            (0x0001, 5.960_464_5e-8),
        ] {
            assert_eq!(half_to_f32(bits).to_bits(), f32::to_bits(number));
        }
        for (number, bits) in
            [(65_520.0, 0x7C00), (1.0 + 1.0 / 2048.0, 0x3C00), (1.0 + 3.0 / 2048.0, 0x3C02), (1e-9, 0)]
        {
            assert_eq!(f32_to_half(number), bits, "{number}");
        }
    }

    #[test]
    fn a_block_of_weights_keeps_its_values_within_half_a_step() {
        let values: Vec<f32> = (0..32_u8).map(|n| (f32::from(n) - 15.5) / 8.0).collect();
        let halves: Vec<u8> = values.iter().flat_map(|value| f32_to_half(*value).to_le_bytes()).collect();
        let mut packed = Vec::new();
        to_q8_0(&halves, &mut packed);
        assert_eq!(packed.len(), 34);
        let scale = half_to_f32(u16::from_le_bytes([packed[0], packed[1]]));
        for (value, byte) in values.iter().zip(&packed[2..]) {
            let back = f32::from(byte.cast_signed()) * scale;
            assert!((back - value).abs() <= scale * 0.55, "{value} {back}");
        }
        assert_eq!(packed[33].cast_signed(), 127);
        let mut silent = Vec::new();
        to_q8_0(&[0; 64], &mut silent);
        assert_eq!(silent, vec![0; 34]);
    }
}
