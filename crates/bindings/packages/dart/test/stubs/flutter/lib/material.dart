/// The part of Flutter's library of this name that the example uses. A widget keeps its arguments.
library;

class Key {
  const Key();
}

abstract class Widget {
  const Widget({this.key});
  final Key? key;
}

/// The place of a widget, with what a provider above it provides.
class BuildContext {
  const BuildContext(this.provided);
  final Object provided;
}

abstract class StatelessWidget extends Widget {
  const StatelessWidget({super.key});
  Widget build(BuildContext context);
}

class Text extends Widget {
  const Text(this.data);
  final String data;
}

class ListTile extends Widget {
  const ListTile({this.title});
  final Widget? title;
}

class TextButton extends Widget {
  const TextButton({required this.onPressed, required this.child});
  final void Function()? onPressed;
  final Widget child;
}

class Column extends Widget {
  const Column({this.children = const []});
  final List<Widget> children;
}

class ListView extends Widget {
  ListView({this.children = const []});
  final List<Widget> children;
}

class AppBar extends Widget {
  AppBar({this.title});
  final Widget? title;
}

class Scaffold extends Widget {
  const Scaffold({this.appBar, this.body});
  final AppBar? appBar;
  final Widget? body;
}

class MaterialApp extends Widget {
  const MaterialApp({this.home});
  final Widget? home;
}

class WidgetsFlutterBinding {
  static void ensureInitialized() {}
}

class AppLifecycleListener {
  AppLifecycleListener({this.onHide, this.onShow});
  final void Function()? onHide, onShow;
}

void runApp(Widget app) {}
