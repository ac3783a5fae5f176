/// The source of bearer tokens: the sign-in of the app.
abstract interface class TokenProvider {
  /// Returns the current token, without the word `Bearer`.
  ///
  /// Throw a [TokenException] when there is none. Anything else that it throws counts as a failed
  /// sign-in, and its text is lost on purpose (GEN-6). The core stops waiting at the deadline of the
  /// request.
  Future<String> token();

  /// Returns another token, since the backend rejected the last one.
  Future<String> refresh();
}

/// Why there is no token.
sealed class TokenException implements Exception {
  const TokenException(this.reason);

  /// What happened. It must contain nothing secret.
  final String reason;
}

/// Nobody is signed in, or the sign-in failed.
final class NotSignedIn extends TokenException {
  const NotSignedIn(super.reason);
}

/// The sign-in needs a network to make a token, and there is none.
final class Offline extends TokenException {
  const Offline(super.reason);
}

/// What the native half needs to make the core.
final class DigitalKeySetup {
  const DigitalKeySetup({required this.bff, required this.account, required this.passDescription});

  /// The base URL of the backend for frontend.
  final Uri bff;

  /// The account, which owns the cached records.
  final String account;

  /// The text in the user's language that Apple's sheet and the wallet show for the key.
  final String passDescription;
}

/// The simulated pairing sheet of a debug build.
final class SimulatedSheet {
  const SimulatedSheet(this.choices);

  /// What a tester can let Apple answer; pass the place of one to `answerSheet`.
  final List<String> choices;
}
