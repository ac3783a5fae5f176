package digitalkey.test

import digitalkey.HttpResponse
import digitalkey.HttpTransport
import digitalkey.HttpTransportException
import java.net.ConnectException
import java.net.ProtocolException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpConnectTimeoutException
import java.net.http.HttpRequest
import java.net.http.HttpTimeoutException
import java.net.http.HttpResponse.BodySubscriber
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Flow
import javax.net.ssl.SSLException
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.suspendCancellableCoroutine

/**
 * A transport on the HTTP client of the JDK, which takes the host's trust, proxy and client
 * certificates. Android does not have this client: a transport there uses OkHttp or Cronet.
 *
 * The JDK sends a GET again, up to five times, when the connection breaks before an answer. The core
 * tries again by itself and counts its tries, so set the property of the process
 * `jdk.httpclient.redirects.retrylimit` to 1.
 */
class JdkTransport(
    private val client: HttpClient =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .followRedirects(HttpClient.Redirect.NEVER)
            // Without it, a request over plain HTTP asks for an upgrade.
            .version(HttpClient.Version.HTTP_1_1)
            .build()
) : HttpTransport {
    override suspend fun send(request: digitalkey.HttpRequest): HttpResponse {
        val sent =
            HttpRequest.newBuilder(URI(request.url()))
                .method(request.method(), HttpRequest.BodyPublishers.noBody())
                .timeout(request.deadlines().read)
        request.headers().forEach { (name, value) -> sent.header(name, value) }
        val limit = request.bodyLimit().toInt()
        val future =
            client.sendAsync(sent.build()) { LimitedBody(if (it.statusCode() == 200) limit else 0) }
        return suspendCancellableCoroutine { caller ->
            caller.invokeOnCancellation { future.cancel(true) }
            future.whenComplete { response, thrown ->
                if (thrown == null) {
                    val headers = response.headers().map().mapValues { it.value.joinToString(", ") }
                    caller.resume(HttpResponse(response.statusCode().toUShort(), headers, response.body()))
                } else {
                    caller.resumeWithException(failure(thrown))
                }
            }
        }
    }
}

/** The phase in which a request failed. The text of an exception may show the URL, so it stays here. */
private fun failure(thrown: Throwable): HttpTransportException {
    // The JDK wraps an exception, also in "Too many retries".
    val causes = generateSequence(thrown) { it.cause }.toList()
    val reason = causes.last().javaClass.simpleName
    return when {
        causes.any { it is HttpConnectTimeoutException || it is ConnectException } ->
            HttpTransportException.Connect(reason)
        causes.any { it is SSLException } -> HttpTransportException.Tls(reason)
        causes.any { it is HttpTimeoutException } -> HttpTransportException.TimedOut()
        // The JDK has a limit for the size of all headers, which is its only error of this kind here.
        causes.any { it is ProtocolException } -> HttpTransportException.TooLarge()
        else -> HttpTransportException.Broken(reason)
    }
}

/** Reads a body up to the limit, and then closes the connection. */
private class LimitedBody(limit: Int) : BodySubscriber<ByteArray> {
    private val body = CompletableFuture<ByteArray>()
    private val bytes = ByteBuffer.allocate(limit)
    private lateinit var subscription: Flow.Subscription

    override fun getBody() = body

    override fun onSubscribe(subscription: Flow.Subscription) {
        this.subscription = subscription
        readOn()
    }

    override fun onNext(pieces: List<ByteBuffer>) {
        for (piece in pieces) {
            bytes.put(piece.slice(piece.position(), minOf(piece.remaining(), bytes.remaining())))
        }
        readOn()
    }

    private fun readOn() {
        if (bytes.hasRemaining()) {
            subscription.request(1)
        } else {
            subscription.cancel()
            onComplete()
        }
    }

    override fun onError(thrown: Throwable) {
        body.completeExceptionally(thrown)
    }

    override fun onComplete() {
        body.complete(bytes.array().copyOf(bytes.position()))
    }
}
