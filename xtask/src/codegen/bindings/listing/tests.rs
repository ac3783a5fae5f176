//! Each listing leaves out what is UniFFI's own and keeps what a client uses.

use super::*;

#[test]
fn swift_is_listed_by_types_with_their_members() {
    let source = r#"
/** What a wallet does. More. */
public protocol Wallet: AnyObject {
    /**
     * Opens it
     * (at a key).
     *
     * # Errors
     */
    func open(key: String)async throws  -> Bool
}
open class WalletImpl: Wallet {
    open func open(key: String)async throws  -> Bool {
        let text = "}"
    }
}
public protocol AppProtocol: AnyObject {
    func stop()
}
open class App: AppProtocol {
    required public init(unsafeFromHandle handle: UInt64) {
    }
public convenience init(config: Config)throws  {
    switch x { case .a: return }
}
open func stop()  {try! rustCall() {
    case b
}}
}
public struct Config {
    /** A field. */
    public var phone: String
    public init(
        /** A field. */phone: String, link: [String: String]? = nil) {
        self.phone = phone
    }
}
#if swift(>=5.8)
@_documentation(visibility: private)
#endif
public struct FfiConverterTypeTap: FfiConverter {
    public static func read() {
    }
}
public 
enum Tap: Equatable {
    case retry
    case select(
        /** Which (one). */vin: Vin
    )
}
private enum Result {
    case ok
}
public typealias Id = String
public func first() -> Record  {
}
"#;
    let listed = "
class App: AppProtocol
    init(config: Config) throws
    func stop()

struct Config
    init(phone: String, link: [String: String]? = nil)

typealias Id = String

enum Tap: Equatable
    case retry
    case select(vin: Vin)

/// What a wallet does.
protocol Wallet: AnyObject
    /// Opens it (at a key).
    func open(key: String) async throws -> Bool

func first() -> Record
";
    assert_eq!(render(swift(source)).split_once('\n').unwrap().1, listed);
}

#[test]
fn kotlin_is_listed_by_types_with_their_members() {
    let source = r#"
public interface Wallet {
    /** Opens it. */
    suspend fun `open`(`key`: kotlin.String): kotlin.Boolean
    companion object
}
public interface AppInterface {
    fun `stop`()
}
open class App: Disposable, AppInterface
{
    @Suppress("UNUSED_PARAMETER")
    /** @suppress */
    constructor(withHandle: UniffiWithHandle, handle: Long) {
    }
    constructor(`config`: Config) :
        this(UniffiWithHandle, uniffiRustCall() { _status -> lower(`config`) })
    protected val handle: Long
    override fun destroy() {
    }
    @Throws(AppException::class)
    override fun `stop`() {
        lower(`stop`)
    }
    companion object {
        /** Makes one. */ fun `own`(`wallet`: Wallet): App {
        }
    }
}
data class Config (
    /** A field. */
    val `phone`: kotlin.String
    , 
    val `aFieldWithALongName`: SomeType? = null
    , 
    val `anotherFieldWithALongName`: SomeType? = null
){
    companion object
}
/** @suppress */
public object FfiConverterTypeTap: FfiConverterRustBuffer<Tap> {
}
sealed class AppException: kotlin.Exception() {
    class ShutDown(
        ) : AppException() {
    }
    companion object ErrorHandler : UniffiRustCallStatusErrorHandler<AppException> {
    }
}
enum class Tap {
    RETRY,
    SELECT_2;
    companion object
}
public typealias Id = kotlin.String
    @Throws(AppException::class) fun `first`(): Config {
    }
"#;
    let listed = "
class App: Disposable, AppInterface
    constructor(config: Config)
    fun stop() throws AppException
    /// Makes one.
    companion fun own(wallet: Wallet): App

sealed class AppException: Exception()
    class ShutDown()

data class Config(
    val phone: String,
    val aFieldWithALongName: SomeType? = null,
    val anotherFieldWithALongName: SomeType? = null,
)

typealias Id = String

enum class Tap
    RETRY
    SELECT_2

interface Wallet
    /// Opens it.
    suspend fun open(key: String): Boolean

fun first(): Config throws AppException
";
    assert_eq!(render(kotlin(source)).split_once('\n').unwrap().1, listed);
}
