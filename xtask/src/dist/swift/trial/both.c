#include <stdint.h>
#include <stdio.h>

uint32_t ffi_digital_key_bindings_uniffi_contract_version(void);
int32_t other_library_answers(void);

int main(void) {
    if (ffi_digital_key_bindings_uniffi_contract_version() > 0 && other_library_answers() == 42) {
        printf("both answer\n");
    }
}
