// Where Jupyter's Python is, and the environment it runs in: everything that it writes stays in .lab/, and the user's
// own Jupyter settings and kernels are neither read nor changed.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The Python of the project's environment. BEHAVIOR_LAB_PYTHON names another one. */
export function python() {
  const file = process.env.BEHAVIOR_LAB_PYTHON ?? join(root, '.venv', 'bin', 'python');
  if (!existsSync(file)) {
    throw new Error(`${file} is not there: the Python environment is missing. Run \`npm run setup\`.`);
  }
  return file;
}

/** @param {Record<string, string>} more */
export function jupyterEnvironment(more = {}) {
  const home = join(root, '.lab', 'jupyter');
  const config = join(home, 'config');
  mkdirSync(join(config, 'labconfig'), { recursive: true });
  // JupyterLab asks every new user whether to fetch news from the net.
  const page = { disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true } };
  writeFileSync(join(config, 'labconfig', 'page_config.json'), `${JSON.stringify(page)}\n`);
  return {
    ...process.env,
    JUPYTER_CONFIG_DIR: config,
    JUPYTER_DATA_DIR: join(home, 'data'),
    JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
    JUPYTER_PREFER_ENV_PATH: '1',
    JUPYTER_PLATFORM_DIRS: '1',
    JUPYTERLAB_SETTINGS_DIR: join(home, 'settings'),
    JUPYTERLAB_WORKSPACES_DIR: join(home, 'workspaces'),
    IPYTHONDIR: join(home, 'ipython'),
    PYTHONDONTWRITEBYTECODE: '1',
    ...more,
  };
}
