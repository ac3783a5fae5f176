//! Signatures by ring, which TLS uses, too: the library of the tokens brings none of its own that
//! builds here.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use signature::Verifier;

/// The algorithms that are supported, each with ring's name for it. All have public keys.
static SCHEMES: [(Algorithm, Scheme); 9] = [
    (Algorithm::RS256, Scheme::Rsa(&RSA_PKCS1_2048_8192_SHA256)),
    (Algorithm::RS384, Scheme::Rsa(&RSA_PKCS1_2048_8192_SHA384)),
    (Algorithm::RS512, Scheme::Rsa(&RSA_PKCS1_2048_8192_SHA512)),
    (Algorithm::PS256, Scheme::Rsa(&RSA_PSS_2048_8192_SHA256)),
    (Algorithm::PS384, Scheme::Rsa(&RSA_PSS_2048_8192_SHA384)),
    (Algorithm::PS512, Scheme::Rsa(&RSA_PSS_2048_8192_SHA512)),
    (Algorithm::ES256, Scheme::Other(&ECDSA_P256_SHA256_FIXED)),
    (Algorithm::ES384, Scheme::Other(&ECDSA_P384_SHA384_FIXED)),
    (Algorithm::EdDSA, Scheme::Other(&ED25519)),
];

/// Returns the algorithms that are supported.
pub(super) fn algorithms() -> Vec<Algorithm> {
    SCHEMES.iter().map(|(algorithm, _)| *algorithm).collect()
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes ring the library for signatures. An error means that the program has chosen one already.
pub(super) fn install() {
    let _ = PROVIDER.install_default();
}

/// Returns the algorithm of a key that names none.
pub(super) fn usual_algorithm(key: &AlgorithmParameters) -> Option<Algorithm> {
    if let AlgorithmParameters::RSA(_) = key {
        Some(Algorithm::RS256)
    } else if let AlgorithmParameters::OctetKeyPair(_) = key {
        Some(Algorithm::EdDSA)
    } else if let AlgorithmParameters::EllipticCurve(key) = key {
        let usual =
            [(EllipticCurve::P256, Algorithm::ES256), (EllipticCurve::P384, Algorithm::ES384)];
        usual.into_iter().find(|(curve, _)| *curve == key.curve).map(|(_, algorithm)| algorithm)
    } else {
        None
    }
}

fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    Err(ErrorKind::UnsupportedAlgorithm.into())
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let known = SCHEMES.iter().find(|(known, _)| known == algorithm);
    let (_, scheme) = known.ok_or(ErrorKind::UnsupportedAlgorithm)?;
    if key.family() != algorithm.family() {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(Box::new(RingVerifier { algorithm: *algorithm, scheme, key: key.clone() }))
}

enum Scheme {
    Rsa(&'static RsaParameters),
    Other(&'static dyn VerificationAlgorithm),
}

struct RingVerifier {
    algorithm: Algorithm,
    scheme: &'static Scheme,
    key: DecodingKey,
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match (self.scheme, self.key.kind()) {
            (Scheme::Rsa(scheme), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(scheme, message, signature)
            }
            (Scheme::Rsa(scheme), DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(*scheme, key).verify(message, signature)
            }
            (Scheme::Other(scheme), DecodingKeyKind::SecretOrDer(key)) => {
                UnparsedPublicKey::new(*scheme, key).verify(message, signature)
            }
            (Scheme::Other(_), DecodingKeyKind::RsaModulusExponent { .. }) => {
                return Err(signature::Error::new());
            }
        };
        verified.map_err(|_| signature::Error::new())
    }
}
