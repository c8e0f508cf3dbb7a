// What differs from MicroPython's own choices.  The flash map's numbers are added by the build.
#define MICROPY_HW_BOARD_NAME "Fengsui Box on a Pico 2"
#define MICROPY_PY_THREAD (0) // one core, one event loop
#define MICROPY_PY___FILE__ (0) // nobody asks, and each module would keep it
#define MICROPY_HW_ENABLE_USB_RUNTIME_DEVICE (0)
