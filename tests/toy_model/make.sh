#!/bin/sh
# Makes the toy model from nothing: tests/toy_model/make.sh --help
set -eu
cd "$(dirname "$0")/../.."
work=${TOY_WORK:-build/toy-model}
venv=$work/venv
python=${PYTHON:-python3}
requirements=tests/toy_model/requirements.txt

case " $* " in *" --help "* | *" -h "*) ;; *)
    if ! "$python" -c 'import ctypes; ctypes.CDLL("libespeak-ng.so.1")' 2>/dev/null; then
        echo "espeak-ng is missing, it speaks the training sentences: sudo apt-get install libespeak-ng1 espeak-ng-data" >&2
        exit 1
    fi ;;
esac

# A venv of its own: torch must never become a dependency of the product.
if ! cmp -s "$requirements" "$venv/installed.txt"; then
    echo "setting up $venv (once, about 1 GB)"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
    cp "$requirements" "$venv/installed.txt"
fi

# glibc would hand large blocks back to the kernel after every training step and page-fault them in again; OpenMP threads
# that spin while they wait would take the cores from everyone else on the machine.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456 GOMP_SPINCOUNT=0
exec "$venv/bin/python" -u -m tests.toy_model.make --work "$work" "$@"
