import java.net.URL;

/** Fetches URLs with HttpURLConnection, which the properties tell of the proxy: URL... */
public class UrlConnectionGet {
  public static void main(String[] arguments) throws Exception {
    for (var url : arguments) {
      try (var body = new URL(url).openConnection().getInputStream()) {
        body.transferTo(System.out);
      }
    }
    System.out.flush();
  }
}
