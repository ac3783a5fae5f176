import 'package:digital_key/digital_key.dart';
import 'package:digital_key/digital_key_cubit.dart';
import 'package:flutter/material.dart';
import 'package:flutter_bloc/flutter_bloc.dart';

import 'screen.dart';

/// A sign-in of the example's backend, which accepts every token.
class ExampleSignIn implements TokenProvider {
  @override
  Future<String> token() async => 'a-token';

  @override
  Future<String> refresh() async => 'another-token';
}

Future<void> main() async {
  WidgetsFlutterBinding.ensureInitialized();
  final key = DigitalKey(tokens: ExampleSignIn());
  await key.start(DigitalKeySetup(
    bff: Uri.parse('http://127.0.0.1:8480'),
    account: 'account-1',
    passDescription: 'My car',
  ));
  await key.dispatch(const KeyIntent.selectVehicle(Vin('WBADKEY0000000001')));
  AppLifecycleListener(onHide: key.background, onShow: key.foreground);
  runApp(MaterialApp(
    home: BlocProvider(create: (_) => DigitalKeyCubit(key), child: const KeyScreen()),
  ));
}

/// Draws every page.
class KeyScreen extends StatelessWidget {
  const KeyScreen({super.key});

  @override
  Widget build(BuildContext context) => BlocBuilder<DigitalKeyCubit, ViewState>(
        builder: (context, view) {
          final screen = Screen.of(view);
          return Scaffold(
            appBar: AppBar(title: Text(screen.title)),
            body: ListView(children: [
              for (final line in screen.lines) ListTile(title: Text(line)),
              for (final (:label, :tap) in screen.buttons)
                TextButton(
                  onPressed: () => context.read<DigitalKeyCubit>().tap(tap),
                  child: Text(label),
                ),
            ]),
          );
        },
      );
}
