//! The seal on a password: XChaCha20-Poly1305, bound to the vehicle and generation of the password.

use chacha20poly1305::aead::{Aead, Generate, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use digital_key_domain::{Generation, Vin};
use digital_key_ports::{Cause, PairingPassword};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::codec::SCHEMA;
use crate::key::DataKey;

/// The length of the nonce in bytes. A sealed password begins with it.
const NONCE: usize = 24;

/// A sealed password: a nonce, the ciphertext and its tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(Vec<u8>);

impl Sealed {
    /// Seals a password with a random nonce.
    pub(crate) fn new(
        password: &PairingPassword,
        key: &DataKey,
        vin: Vin,
        generation: Generation,
    ) -> Result<Self, Cause> {
        let nonce = XNonce::try_generate().map_err(|_| "the system gives no randomness")?;
        let payload =
            Payload { msg: password.expose().as_bytes(), aad: &associated_data(vin, generation) };
        let text = cipher(key).encrypt(&nonce, payload).map_err(|_| "sealing failed")?;
        Ok(Self([&nonce[..], &text].concat()))
    }

    /// Returns the password if it was sealed with this key, for this vehicle and generation.
    pub(crate) fn open(
        &self,
        key: &DataKey,
        vin: Vin,
        generation: Generation,
    ) -> Option<PairingPassword> {
        let (nonce, text) = self.0.split_at_checked(NONCE)?;
        let payload = Payload { msg: text, aad: &associated_data(vin, generation) };
        let digits = cipher(key).decrypt(&XNonce::try_from(nonce).ok()?, payload).ok()?;
        let digits = Zeroizing::new(digits);
        PairingPassword::parse(std::str::from_utf8(&digits).ok()?).ok()
    }
}

fn cipher(key: &DataKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}

/// Returns the associated data: schema, field, vehicle and generation. A sealed password that was
/// copied to another place cannot be opened there.
fn associated_data(vin: Vin, generation: Generation) -> Vec<u8> {
    let generation = generation.get().to_le_bytes();
    [&[SCHEMA], &b"pairing password"[..], vin.as_str().as_bytes(), &generation].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vin(number: u8) -> Vin {
        format!("WBA00000000DEM00{number}").parse().unwrap()
    }

    #[test]
    fn it_opens_with_its_key_at_its_place_only() {
        let (key, generation) = (DataKey::new([1; 32]), Generation::new(7));
        let password = PairingPassword::parse("76543210").unwrap();
        let sealed = Sealed::new(&password, &key, vin(1), generation).unwrap();
        assert_eq!(sealed.open(&key, vin(1), generation), Some(password));
        assert_eq!(sealed.open(&DataKey::new([2; 32]), vin(1), generation), None);
        assert_eq!(sealed.open(&key, vin(2), generation), None);
        assert_eq!(sealed.open(&key, vin(1), generation.next()), None);
    }

    #[test]
    fn no_damaged_byte_goes_unnoticed() {
        let (key, generation) = (DataKey::new([1; 32]), Generation::new(7));
        let password = PairingPassword::parse("76543210").unwrap();
        let sealed = Sealed::new(&password, &key, vin(1), generation).unwrap();
        for at in 0..sealed.0.len() {
            let mut damaged = sealed.clone();
            damaged.0[at] ^= 1;
            assert_eq!(damaged.open(&key, vin(1), generation), None, "{at}");
            damaged.0.truncate(at);
            assert_eq!(damaged.open(&key, vin(1), generation), None, "{at}");
        }
    }

    #[test]
    fn gen_6_the_same_password_never_looks_the_same() {
        let key = DataKey::new([1; 32]);
        let password = PairingPassword::parse("76543210").unwrap();
        let seal = || Sealed::new(&password, &key, vin(1), Generation::new(7)).unwrap();
        let (first, second) = (seal(), seal());
        assert_ne!(first.0[..NONCE], second.0[..NONCE]);
        assert_ne!(first.0[NONCE..], second.0[NONCE..]);
        assert!(!first.0.windows(8).any(|window| window == b"76543210"));
    }
}
