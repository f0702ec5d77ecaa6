import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URL;

/** Fetches URLs with HttpURLConnection: PROXY_PORT URL... */
public class UrlConnectionGet {
  public static void main(String[] arguments) throws Exception {
    var address = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
    var proxy = new Proxy(Proxy.Type.HTTP, address);
    for (int index = 1; index < arguments.length; ++index) {
      try (var body = new URL(arguments[index]).openConnection(proxy).getInputStream()) {
        body.transferTo(System.out);
      }
    }
    System.out.flush();
  }
}
