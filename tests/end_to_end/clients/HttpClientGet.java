import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Fetches URLs with java.net.http, which the properties tell of the proxy: URL... */
public class HttpClientGet {
  public static void main(String[] arguments) throws Exception {
    var client = HttpClient.newHttpClient();
    for (var url : arguments) {
      var request = HttpRequest.newBuilder(URI.create(url)).build();
      System.out.print(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
  }
}
