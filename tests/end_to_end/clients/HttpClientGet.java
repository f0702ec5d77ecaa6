import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Fetches URLs with java.net.http: PROXY_PORT URL... */
public class HttpClientGet {
  public static void main(String[] arguments) throws Exception {
    var proxy = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
    var client = HttpClient.newBuilder().proxy(ProxySelector.of(proxy)).version(HttpClient.Version.HTTP_1_1).build();
    for (int index = 1; index < arguments.length; ++index) {
      var request = HttpRequest.newBuilder(URI.create(arguments[index])).build();
      System.out.print(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
  }
}
