//! Fixes of Kotlin's generated source: whatever an adapter throws or answers reaches the core.

use super::fix::{Fix, Times};

/// UniFFI's helpers do not catch an `Error`: in a plain call it ends the process, and in a coroutine it
/// is printed and leaves the core without an answer. Lowering an answer or an error may fail as well,
/// for example for half of a surrogate pair, so both are lowered inside the `try`. The text of what
/// was thrown is not passed on: it may contain a secret (GEN-6).
pub(super) const FIXES: &[Fix] = &[
    // The sentence, and not the fields alone, since an app logs `message`.
    Fix {
        found: ") : DigitalKeyException() {\n        override val message\n            get() = ",
        times: Times::AsOftenAs(") : DigitalKeyException() {"),
        instead: ") : DigitalKeyException() {\n        override val message\n            get() = toString() // ",
    },
    Fix {
        found: r#"
    } catch(e: kotlin.Exception) {
        val err = try { e.stackTraceToString() } catch(_: Throwable) { "" }
        callStatus.code = UNIFFI_CALL_UNEXPECTED_ERROR
        callStatus.error_buf = FfiConverterString.lower(err)
    }
"#,
        times: Times::Exactly(1),
        instead: r#"
    } catch(_: Throwable) {
        callStatus.code = UNIFFI_CALL_UNEXPECTED_ERROR
        callStatus.error_buf = FfiConverterString.lower("thrown")
    }
"#,
    },
    Fix {
        found: r#"
    } catch(e: kotlin.Exception) {
        if (e is E) {
            callStatus.code = UNIFFI_CALL_ERROR
            callStatus.error_buf = lowerError(e)
        } else {
            val err = try { e.stackTraceToString() } catch(_: Throwable) { "" }
            callStatus.code = UNIFFI_CALL_UNEXPECTED_ERROR
            callStatus.error_buf = FfiConverterString.lower(err)
        }
    }
"#,
        times: Times::Exactly(1),
        instead: r#"
    } catch(e: Throwable) {
        val lowered = try { if (e is E) lowerError(e) else null } catch(_: Throwable) { null }
        callStatus.code = if (lowered == null) UNIFFI_CALL_UNEXPECTED_ERROR else UNIFFI_CALL_ERROR
        callStatus.error_buf = lowered ?: FfiConverterString.lower("thrown")
    }
"#,
    },
    Fix {
        found: "    crossinline handleSuccess: (T) -> Unit,\n",
        times: Times::Exactly(2),
        instead: "    crossinline handleSuccess: (T) -> () -> Unit,\n",
    },
    Fix {
        found: r"
        val callResult = try {
            makeCall()
        } catch(e: kotlin.Exception) {
            handleError(
                UniffiRustCallStatus.create(
                    UNIFFI_CALL_UNEXPECTED_ERROR,
                    FfiConverterString.lower(e.toString()),
                )
            )
            return@coroutineBlock
        }
        handleSuccess(callResult)
",
        times: Times::Exactly(1),
        instead: r#"
        val answer = try {
            handleSuccess(makeCall())
        } catch(_: Throwable) {
            handleError(
                UniffiRustCallStatus.create(
                    UNIFFI_CALL_UNEXPECTED_ERROR,
                    FfiConverterString.lower("thrown"),
                )
            )
            return@coroutineBlock
        }
        answer()
"#,
    },
    Fix {
        found: r"
        val callResult = try {
            makeCall()
        } catch(e: kotlin.Exception) {
            if (e is E) {
                handleError(
                    UniffiRustCallStatus.create(
                        UNIFFI_CALL_ERROR,
                        lowerError(e),
                    )
                )
            } else {
                handleError(
                    UniffiRustCallStatus.create(
                        UNIFFI_CALL_UNEXPECTED_ERROR,
                        FfiConverterString.lower(e.toString()),
                    )
                )
            }
            return@coroutineBlock
        }
        handleSuccess(callResult)
",
        times: Times::Exactly(1),
        instead: r#"
        val answer = try {
            handleSuccess(makeCall())
        } catch(e: Throwable) {
            val lowered = try { if (e is E) lowerError(e) else null } catch(_: Throwable) { null }
            handleError(
                UniffiRustCallStatus.create(
                    if (lowered == null) UNIFFI_CALL_UNEXPECTED_ERROR else UNIFFI_CALL_ERROR,
                    lowered ?: FfiConverterString.lower("thrown"),
                )
            )
            return@coroutineBlock
        }
        answer()
"#,
    },
    // Lowers the answer now, and returns the function that delivers it.
    Fix {
        found: r"
                uniffiResult.write()
                uniffiFutureCallback.callback(uniffiCallbackData, uniffiResult)
            }
",
        times: Times::AsOftenAs("val uniffiHandleSuccess = "),
        instead: r"
                uniffiResult.write()
                val uniffiAnswer = { uniffiFutureCallback.callback(uniffiCallbackData, uniffiResult) }
                uniffiAnswer
            }
",
    },
    // Rust has no negative durations: they count as zero.
    Fix {
        found: r#"
    override fun write(value: java.time.Duration, buf: ByteBuffer) {
        if (value.seconds < 0) {
            // Rust does not support negative Durations
            throw IllegalArgumentException("Invalid duration, must be non-negative")
        }

        if (value.nano < 0) {
            // Java docs provide guarantee that nano will always be positive, so this should be impossible
            // See: https://docs.oracle.com/javase/8/docs/api/java/time/Duration.html
            throw IllegalArgumentException("Invalid duration, nano value must be non-negative")
        }

        // Type mismatch (should be u64) but since Rust doesn't support negative durations we should be OK
        buf.putLong(value.seconds)
        // Type mismatch (should be u32) but since values will always be between 0 and 999,999,999 it should be OK
        buf.putInt(value.nano)
    }
"#,
        times: Times::Exactly(1),
        instead: r"
    override fun write(value: java.time.Duration, buf: ByteBuffer) {
        val length = maxOf(value, java.time.Duration.ZERO)
        buf.putLong(length.seconds)
        buf.putInt(length.nano)
    }
",
    },
];
