import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.plugins.PluginInfo;

/** One OpenSearch node on loopback, its modules taken from the class path. Arguments: HOME setting=value… */
public class Node extends org.opensearch.node.Node {
    // Each module by its name in OpenSearch 3, then in OpenSearch 2.
    static final String[][] MODULES = {
        {"org.opensearch.transport.Netty4ModulePlugin", "org.opensearch.transport.Netty4Plugin"},
        {"org.opensearch.analysis.common.CommonAnalysisModulePlugin", "org.opensearch.analysis.common.CommonAnalysisPlugin"},
        {"org.opensearch.painless.PainlessModulePlugin", "org.opensearch.painless.PainlessPlugin"},
    };

    @SuppressWarnings({"unchecked", "rawtypes"}) // OpenSearch 2 takes classes here, OpenSearch 3 descriptions of them
    Node(Settings settings, Path home) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> "node"),
            (Collection) modules(),
            false);
    }

    static List<Object> modules() {
        List<Object> found = new ArrayList<>();
        for (String[] names : MODULES) found.add(module(names));
        return found;
    }

    static Object module(String[] names) {
        for (String name : names) {
            try {
                Class<?> type = Class.forName(name);
                if (Version.CURRENT.major < 3) return type;
                return new PluginInfo(name, "module", "1", Version.CURRENT, "21", name, null, List.of(), false);
            } catch (ClassNotFoundException absent) {
                continue;
            }
        }
        throw new IllegalStateException("not on the class path: " + names[0]);
    }

    public static void main(String[] arguments) {
        try {
            Path home = Path.of(arguments[0]).toAbsolutePath();
            Settings.Builder settings = Settings.builder()
                .put("path.home", home.toString())
                .put("network.host", "127.0.0.1")
                .put("transport.type", "netty4")
                .put("http.type", "netty4")
                .put("discovery.type", "single-node");
            for (String folder : List.of("config", "data", "logs", "modules", "plugins")) {
                Files.createDirectories(home.resolve(folder));
            }
            for (int i = 1; i < arguments.length; i++) {
                String[] pair = arguments[i].split("=", 2);
                settings.put(pair[0], pair[1]);
            }
            Node node = new Node(settings.build(), home);
            node.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    node.close();
                } catch (Exception late) {
                    late.printStackTrace();
                }
            }));
            Thread.currentThread().join();
        } catch (Throwable error) { // without this the other threads would keep a dead node alive
            error.printStackTrace();
            System.exit(1);
        }
    }
}
