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

#[test]
fn python_is_listed_by_types_with_their_members() {
    let source = r#"
class AppProtocol(typing.Protocol):
    def stop(self, ) -> None:
        raise NotImplementedError

class App(AppProtocol):
    """
    The app. More.
"""
    def __init__(self, config: Config,ports: Ports):
        """
        Makes one.
"""
        text = 3
    def __del__(self):
        pass
    @classmethod
    def _uniffi_make_instance(cls, handle):
        return 1
    def stop(self, ) -> None:
        """
        Stops it.
"""

class _UniffiFfiConverterTypeTap:
    def read(buf):
        """Not public."""

@dataclass
class Config:
    def __init__(self, *, phone:str, link:typing.Optional[str] = _DEFAULT):
        self.phone = phone

class Tap(enum.Enum):
    RETRY = 0
    """
    Retry.
"""

class AppError(Exception):
    pass
_UniffiTempAppError = AppError
class AppError:  # type: ignore
    class ShutDown(_UniffiTempAppError):
        """
        It has ended.
"""
        def __init__(self, ):
            pass
    def is_SHUT_DOWN(self) -> bool:
        return True

Id = str
async def first() -> Config:
    """The first."""
def uniffi_set_event_loop(eventloop):
    pass
"#;
    let listed = "
/// The app.
class App(AppProtocol)
    /// Makes one.
    App(config: Config, ports: Ports)
    /// Stops it.
    def stop(self) -> None

class AppError(Exception)
    /// It has ended.
    ShutDown()

class Config
    Config(*, phone: str, link: typing.Optional[str] = _DEFAULT)

Id = str

class Tap(enum.Enum)
    /// Retry.
    RETRY = 0

/// The first.
async def first() -> Config
";
    assert_eq!(render(python(source)).split_once('\n').unwrap().1, listed);
}
